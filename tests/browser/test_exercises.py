"""The guided exercises in a browser without a screen: each from its scene to its end, by mouse and by keyboard, with answers
from the engine, nothing to be seen before the prediction, and a page that is loaded again half-way. Argument: the path of
reformsim. Without Chromium, chromedriver or python3-selenium it is skipped and says so. With REFORMSIM_PICTURES naming a
folder it leaves a picture of every stage there.
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "build/release/reformsim"
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests", "browser"))
sys.path.insert(0, os.path.join(TOP, "tests", "support"))
from headless import CONTRAST, FAULTS, MISSING, Driven, browser  # noqa: E402
from live_client import Server  # noqa: E402

if "python3-selenium" not in MISSING:
    from selenium.webdriver.common.keys import Keys

NAMES = ["rising_target", "tablets", "fifth_initiative", "freed_schools", "imposed_network", "cosy_network",
         "isolated_clusters", "impatient_minister"]
PICTURES = os.environ.get("REFORMSIM_PICTURES")


@unittest.skipIf(MISSING, f"needs {', '.join(MISSING)} (packages_browser in tests/setup.sh)")
class Exercises(Driven, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(PROGRAM, "--set", "population.schools=80", "--set", "population.districts=4", "--set",
                            "horizon.burn_in_years=4", "--replicates", "4", cwd=TOP)
        cls.addClassCleanup(cls.server.stop)
        cls.driver = browser(1280, 900, local=True)
        cls.addClassCleanup(cls.driver.quit)

    def setUp(self):
        self.driver.get("about:blank")
        self.driver.get(self.server.url)
        self.wait("return typeof Live === 'object' && Live.welcome && true")
        self.script("localStorage.clear(); sessionStorage.clear()")
        self.driver.get_log("browser")

    def open(self, name):
        self.driver.get("about:blank")
        self.driver.get(f"{self.server.url}#exercise/{name}")
        self.wait("return document.body.dataset.exercise === arguments[0]", name)

    def stage(self):
        return self.script("return document.querySelector('.exercise-body').dataset.stage")

    def settled(self):
        self.wait("const b = document.querySelector('.exercise-body');"
                  "return b.dataset.settled || ['scene', 'prediction', 'debrief', 'sure', 'evidence'].includes(b.dataset.stage)")

    def next(self):
        before = self.stage()
        self.script("document.querySelector('.exercise-buttons .main').click()")
        self.wait("return document.querySelector('.exercise-body').dataset.stage !== arguments[0]", before)
        self.settled()

    def picture(self, name, stage):
        if PICTURES:
            high = self.script("return document.documentElement.scrollHeight")
            self.driver.set_window_size(1280, min(high + 120, 3000))
            self.driver.save_screenshot(os.path.join(PICTURES, f"{name}-{stage}.png"))
            self.driver.set_window_size(1280, 900)

    def exercise(self, name):
        return self.script("return Live.welcome.exercises.find((one) => one.name === arguments[0])", name)

    def predict(self, exercise):
        if "slider" in exercise["prediction"]:
            self.script("const s = document.querySelector('.exercise-slider input'); s.value = 0.5;"
                        "s.dispatchEvent(new Event('input', {bubbles: true}))")
        else:
            self.script("document.querySelector('.exercise-option input').click()")
        self.script("document.querySelector('.exercise-prediction button[type=submit]').click()")

    # ---- each from start to end

    def walk(self, name):
        exercise = self.exercise(name)
        self.open(name)
        self.assertEqual(self.stage(), "scene")
        self.picture(name, "00-scene")
        self.next()
        self.assertEqual(self.stage(), "prediction")
        # Nothing beyond the prediction can be reached, nor any other part of the page.
        self.assertTrue(self.script("return document.querySelector('.exercise-buttons .main').disabled"))
        self.assertEqual(self.script("return [...document.querySelectorAll('.exercise-progress button')]"
                                     ".filter((b) => !b.disabled).length"), 2)
        self.assertEqual(self.script("return Live.exercise.parts.filter((p) => !document.getElementById(p).hidden)"), [])
        self.picture(name, "01-prediction")
        self.predict(exercise)
        self.wait("return !document.querySelector('.exercise-buttons .main').disabled")
        for number, step in enumerate(exercise["reveal"], 1):
            self.next()
            self.assertEqual(self.stage(), f"reveal-{number}")
            self.picture(name, f"{number + 1:02}-reveal")
            if step["chart"] == "map":
                self.assertFalse(self.script("return document.getElementById('schools').hidden"))
                continue
            self.assertEqual(self.script("return document.querySelectorAll('.exercise-chart canvas').length"),
                             len(step["measures"]))
            cells = self.script("return [...document.querySelectorAll('.exercise-body td')].map((c) => c.dataset.value)")
            self.assertTrue(cells and all(value is not None for value in cells), cells)
        self.next()
        self.assertEqual(self.stage(), "answer")
        value = float(self.script("return document.querySelector('.exercise-result').dataset.value"))
        self.assertTrue(abs(value) < 1e3)
        self.assertTrue(self.script("return document.querySelector('.exercise-verdict').textContent"))
        self.picture(name, "10-answer")
        self.next()
        self.assertEqual(self.stage(), "chain")
        self.assertEqual(self.script("return document.querySelectorAll('.chain .value[data-value]').length"),
                         len(exercise["chain"]["links"]))
        self.picture(name, "11-chain")
        for stage in ("debrief", "sure", "evidence", "unless"):
            self.next()
            self.assertEqual(self.stage(), stage)
            self.picture(name, f"12-{stage}")
        buttons = self.script("return document.querySelectorAll('.exercise-unless button').length")
        for number in range(buttons):
            self.script("document.querySelectorAll('.exercise-unless button')[arguments[0]].click()", number)
            self.wait("return /it holds|it does not hold/.test("
                      "document.querySelectorAll('.exercise-unless .exercise-result')[arguments[0]].textContent)", number)
        self.picture(name, "13-unless")
        self.assertTrue(self.script("return document.querySelector('.exercise-buttons .main').disabled"))
        self.assertEqual(self.driver.get_log("browser"), [])

    def test_numbers_are_those_of_the_engine(self):
        """The first table of an exercise against `reformsim run` of its scenario and of the baseline."""
        exercise = self.exercise("rising_target")
        self.open("rising_target")
        self.next()
        self.predict(exercise)
        self.next()
        shown = self.script("return [...document.querySelectorAll('.exercise-body td')].map((c) => "
                            "[c.dataset.measure, c.dataset.scenario, Number(c.dataset.value)])")
        with tempfile.TemporaryDirectory() as folder:
            import h5py
            import numpy
            values = {}
            for name, levers in (("status_quo", {}), ("rising", exercise["scenarios"]["rising"]["levers"])):
                path = os.path.join(folder, name + ".yaml")
                with open(path, "w", encoding="utf-8") as file:
                    json.dump({"reformsim": 1, "title": name, "extends": os.path.join(TOP, "scenarios", "live.yaml"),
                               "levers": levers}, file)
                result = os.path.join(folder, name + ".h5")
                subprocess.run([PROGRAM, "run", path, "-o", result, "--quiet", "--replicates", "4", "--set",
                                "population.schools=80", "--set", "population.districts=4", "--set",
                                "horizon.burn_in_years=4"], check=True, stdout=subprocess.DEVNULL)
                with h5py.File(result) as file:
                    at = list(file["year"][:]).index(exercise["reveal"][0]["year"])
                    for measure in exercise["reveal"][0]["measures"]:
                        values[measure, name] = float(numpy.mean(file[measure][:, at]))
        self.assertEqual(len(shown), 4)
        for measure, name, value in shown:
            self.assertAlmostEqual(value, values[measure, name], places=9)

    # ---- away and back

    def test_a_page_loaded_again_goes_on_where_it_was(self):
        exercise = self.exercise("tablets")
        self.open("tablets")
        self.next()
        self.predict(exercise)
        self.next()
        self.next()
        self.driver.refresh()
        self.wait("return document.body.dataset.exercise === 'tablets'")
        self.assertEqual(self.stage(), "reveal-2")
        # The prediction stays as it was made.
        self.script("[...document.querySelectorAll('.exercise-progress button')][1].click()")
        self.assertTrue(self.script("return document.querySelector('.exercise-prediction fieldset').disabled"))
        self.assertEqual(self.script("return document.querySelector('.exercise-option :checked').value"), "0")

    def test_leaving_gives_the_page_back(self):
        self.open("tablets")
        self.script("document.querySelector('.exercise-leave').click()")
        self.assertIsNone(self.script("return document.body.dataset.exercise || null"))
        self.assertEqual(self.script("return Live.exercise.parts.filter((p) => document.getElementById(p).hidden)"), [])
        self.assertEqual(self.script("return document.querySelectorAll('.exercise-list button').length"), len(NAMES))

    def test_by_keyboard_alone(self):
        self.open("imposed_network")
        key = lambda *keys: self.driver.switch_to.active_element.send_keys(*keys)
        self.assertIn("exercise-title", self.script("return document.activeElement.className"))
        key(Keys.ARROW_RIGHT)
        self.assertEqual(self.stage(), "prediction")
        key(Keys.ARROW_RIGHT)  # not before the prediction
        self.assertEqual(self.stage(), "prediction")
        key(Keys.TAB)
        self.assertEqual(self.script("return document.activeElement.type"), "range")
        key(Keys.ARROW_RIGHT)
        key(Keys.TAB)
        key(Keys.ENTER)
        self.assertIn("Next", self.script("return document.activeElement.textContent"))
        key(Keys.ENTER)
        self.settled()
        self.assertEqual(self.stage(), "reveal-1")
        self.assertEqual(self.script("return document.activeElement.tagName"), "H3")

    def test_contrast_and_names_for_screen_readers(self):
        exercise = self.exercise("tablets")
        self.open("tablets")
        self.next()
        self.assertGreaterEqual(self.script(CONTRAST)[0], 4.5)
        self.predict(exercise)
        while self.stage() != "unless":
            ratio, where = self.script(CONTRAST)
            self.assertGreaterEqual(ratio, 4.5, where)
            self.assertEqual(self.script(FAULTS), [], self.stage())
            unnamed = self.script("return [...document.querySelectorAll('.exercise canvas')]"
                                  ".filter((c) => !c.getAttribute('aria-label')).length")
            self.assertEqual(unnamed, 0, self.stage())
            self.next()

    def test_on_a_phone(self):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                    {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": True})
        self.addCleanup(lambda: self.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {}))
        exercise = self.exercise("rising_target")
        self.open("rising_target")
        self.next()
        self.predict(exercise)
        for _ in range(3):
            self.assertLessEqual(self.script("return document.documentElement.scrollWidth"), 361)
            self.next()


for _name in NAMES:
    setattr(Exercises, f"test_{_name}_from_start_to_end", lambda self, name=_name: self.walk(name))

if __name__ == "__main__":
    unittest.main()
