"""How robust the exercises of scenarios/workshops are: what they rely on, over many sets of parameters."""
