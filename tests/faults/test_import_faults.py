"""Lists of schools as ministries send them: `reformsim import` reads what can be read, asks for what cannot be guessed,
and writes nothing until it is told. Argument: the path of reformsim."""
import csv
import io
import os
import re
import shlex
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from command_line import CommandLineTest, call  # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
POPULATIONS = os.path.join(TOP, "scenarios", "populations")
PLAIN = """URN,SchoolName,LA Code,LA Name,Phase of Education,Number on Roll 2018,Number on Roll 2019,FSM6 pct,Att8
100,North,201,Camden,Primary,210,220,25.5,47.5
101,South,201,Camden,Secondary,900,910,14,51.1
102,East,202,Brent,Primary,310,300,31,44
103,West,202,Brent,Secondary,1200,1250,8.5,55.25
"""


class Import(CommandLineTest):
    def bytes(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data)
        return self.path(name)

    def imported(self, text, *options, encoding="utf-8"):
        """What is said of a list, its population file as text, and the rows of its copy, or None."""
        self.bytes("list.csv", text.encode(encoding))
        done = self.ends(call("import", self.path("list.csv"), "-o", self.path("out.yaml"), *options), 0)
        self.ends(call("check", self.path("out.yaml")), 0)
        rows = None
        if os.path.exists(self.path("out.csv")):
            rows = list(csv.DictReader(io.StringIO(self.read("out.csv").decode("utf-8"))))
        return done.stdout, self.read("out.yaml").decode("utf-8"), rows

    def refused(self, text, *texts, options=()):
        self.write("list.csv", text)
        for name in ("out.yaml", "out.csv"):
            if os.path.exists(self.path(name)):
                os.remove(self.path(name))
        lines = self.fails(call("import", self.path("list.csv"), "-o", self.path("out.yaml"), *options), *texts)
        self.assertFalse(os.path.exists(self.path("out.yaml")))
        self.assertFalse(os.path.exists(self.path("out.csv")))
        return lines

    # ---- what needs nothing

    def test_a_plain_list_is_named_as_it_is(self):
        said, yaml, rows = self.imported(PLAIN)
        self.assertIsNone(rows)
        for line in ("school_id: URN", "school_name: SchoolName", "district_id: LA Code", "district_name: LA Name",
                     "phase: Phase of Education", "enrolment: Number on Roll 2019", "deprivation: FSM6 pct",
                     "score: Att8"):
            self.assertRegex(yaml, re.escape(line.split(": ")[0]) + ": \"?" + re.escape(line.split(": ")[1]))
        self.assertIn("or is it Number on Roll 2018?", yaml)
        self.assertIn("deprivation_unit: percent", yaml)
        self.assertRegex(yaml, "file: \"?list.csv")
        self.assertRegex(yaml, r"primary: \[\"?Primary\"?\]")
        self.assertIn("4 schools in 2 districts", said)
        self.assertTrue(all(len(line) <= 80 for line in said.splitlines() if self.folder.name not in line), said)

    def test_the_file_says_the_command_that_makes_it(self):
        _, yaml, _ = self.imported(PLAIN, "--column", "enrolment=Number on Roll 2018")
        command = re.search("# Made by: (.*)", yaml).group(1)
        os.remove(self.path("out.yaml"))
        self.ends(call(*shlex.split(command)[1:]), 0)
        self.assertEqual(self.read("out.yaml").decode(), yaml)
        self.assertRegex(yaml, "enrolment: \"?Number on Roll 2018")

    def test_a_byte_order_mark_and_shares(self):
        _, yaml, rows = self.imported("\ufeffid,district,pupils,poverty\n1,a,100,0.2\n2,a,150,0.9\n")
        self.assertIsNone(rows)
        self.assertIn("deprivation_unit: share", yaml)

    # ---- what becomes a copy

    def test_semicolons_decimal_commas_thousands_and_another_encoding(self):
        text = ("URN;Schulname;Bezirk Code;District;Enrolment;Low income;Score\r\n"
                "007;Grundschule Köln;1;Köln;1.250;12,5;501,25\r\n"
                "7;\"Müller; \"\"die\"\" Schule\";1;Köln;980;7;488\r\n")
        said, yaml, rows = self.imported(text, encoding="cp1252")
        self.assertEqual([row["URN"] for row in rows], ["007", "7"])
        self.assertEqual([row["Enrolment"] for row in rows], ["1250", "980"])
        self.assertEqual([row["Low income"] for row in rows], ["12.5", "7"])
        self.assertEqual([row["Score"] for row in rows], ["501.25", "488"])
        self.assertEqual(rows[1]["Schulname"], 'Müller; "die" Schule')
        self.assertEqual(rows[0]["District"], "Köln")
        self.assertIn("Windows-1252", said)
        self.assertIn("from WINDOWS-1252 to UTF-8", said)
        self.assertIn("not by semicolons", said)
        self.assertRegex(yaml, "file: \"?out.csv")

    def test_utf_16_tabs_and_a_line_for_a_spreadsheet(self):
        text = "sep=\t\nid\tdistrict\tpupils\tfsm\n1\ta\t1 200\t12 %\n2\ta\t150\t30 %\n"
        _, _, rows = self.imported(text, encoding="utf-16")
        self.assertEqual([row["pupils"] for row in rows], ["1200", "150"])
        self.assertEqual([row["fsm"] for row in rows], ["12", "30"])

    def test_thousands_separators_of_pupils(self):
        _, _, rows = self.imported('id,district,pupils,fsm\n1,a,"1,200",12\n2,a,950,30\n')
        self.assertEqual([row["pupils"] for row in rows], ["1200", "950"])

    def test_codes_for_not_known(self):
        text = PLAIN.replace("47.5", "SUPP").replace("44\n", "NE\n")
        lines = self.refused(text, "Att8: 'SUPP' in 1 line is no number", "Att8: 'NE' in 1 line is no number",
                             "--missing 'NE,SUPP'")
        self.assertEqual(len(lines), 3)
        said, _, rows = self.imported(text, "--missing", "NE,SUPP")
        self.assertEqual([row["Att8"] for row in rows], ["", "51.1", "", "55.25"])
        self.assertIn("'NE' in 1 cells", said)
        self.assertIn("score missing in 2 of 4 schools", said)
        self.refused(text, "--missing XX", "no cell of the list has this text", options=["--missing", "NE,SUPP,XX"])

    def test_a_line_for_each_year_of_a_school(self):
        text = "urn,year,district,pupils,fsm\n" + "".join(
            f"{school},{year},a,{100 + school},{10 + school}\n" for school in range(5) for year in (2017, 2018, 2019))
        self.refused(text, "5 codes in 15 lines", "--where year=2019")
        _, _, rows = self.imported(text, "--where", "year=2018")
        self.assertEqual([row["year"] for row in rows], ["2018"] * 5)
        self.refused(text, "no line has this; 'year' has 2017, 2018, 2019", options=["--where", "year=1918"])
        self.refused(text, "did you mean 'year'", options=["--where", "yaer=2018"])

    def test_lines_that_cannot_be_used(self):
        text = PLAIN.replace("31,44", ",44").replace("8.5,55.25", ",55.25") + "104,Odd,202,Brent,Primary,x\n"
        lines = self.refused(text, "6 cells, but the header has 9")
        lines = self.refused(text.rsplit("\n", 2)[0] + "\n", "FSM6 pct: the cell is empty",
                             "(the first of 2 lines)", "2 lines cannot be used; --on-bad-row skip")
        self.assertEqual(len(lines), 2)
        said, yaml, _ = self.imported(text, "--on-bad-row", "skip")
        self.assertIn("on_bad_row: skip", yaml)
        self.assertIn("2 schools in 1 districts", said)

    # ---- what has to be asked

    def test_all_that_is_missing_at_once(self):
        lines = self.refused("a,b\n1,x\n2,y\n", "--column school_id=HEADER", "--column district_id=HEADER",
                             "--column enrolment=HEADER", "--column deprivation=HEADER", "Its columns are a, b")
        self.assertEqual(len(lines), 4)

    def test_a_comma_that_may_be_either(self):
        text = 'id,district,pupils,fsm\n1,a,200,"1,125"\n2,a,950,"3,250"\n'
        self.refused(text, "list.csv:2:9: fsm: in '1,125' the comma may be a decimal mark", "--decimal comma")
        _, _, rows = self.imported(text, "--decimal", "comma")
        self.assertEqual([row["fsm"] for row in rows], ["1.125", "3.250"])

    def test_phases_that_have_to_be_told(self):
        text = PLAIN.replace("Brent,Secondary", "Brent,All-through")
        self.refused(text, "'All-through' in 1 line may be primary, middle or secondary",
                     "--phase 'secondary=All-through'")
        _, yaml, _ = self.imported(text, "--phase", "secondary=All-through")
        self.assertRegex(yaml, r"secondary: \[\"?All-through\"?, \"?Secondary\"?\]")
        self.refused(text, "expected primary=TEXT", options=["--phase", "upper=All-through"])

    def test_a_list_of_secondary_schools(self):
        text = "\n".join(re.sub(",(Phase of Education|Primary|Secondary),", ",", line) for line in PLAIN.splitlines())
        said, _, _ = self.imported(text)
        self.assertIn("every school is taken as primary", said)
        said, yaml, _ = self.imported(text, "--phase", "secondary=all")
        self.assertIn("every school is taken as secondary", said)
        self.assertIn("secondary: [all]", yaml)
        self.refused(text, "all schools are of one phase", options=["--phase", "secondary=a", "--phase", "middle=b"])

    def test_mistakes_in_the_command(self):
        self.refused(PLAIN, "did you mean 'enrolment'", options=["--column", "enrollment=Att8"])
        self.refused(PLAIN, "did you mean 'Att8'", options=["--column", "score=Att"])
        self.refused(PLAIN, "no encoding of this name", options=["--encoding", "KLINGON"])
        self.refused(PLAIN, "expected two texts", options=["--where", "year"])
        self.fails(call("import", self.path("none.csv"), "-o", self.path("out.yaml")), "no such file")
        self.write("list.csv", PLAIN)
        self.fails(call("import", self.path("list.csv"), "-o", self.path("list.csv")), "list.csv")
        self.assertEqual(self.read("list.csv").decode(), PLAIN)

    def test_a_copy_does_not_overwrite_the_list(self):
        self.write("list.csv", PLAIN.replace(",", ";"))
        self.ends(call("import", self.path("list.csv"), "-o", self.path("list.yaml")), 0)
        self.assertEqual(self.read("list.csv").decode(), PLAIN.replace(",", ";"))
        self.assertIn(b"list.clean.csv", self.read("list.yaml"))

    def test_names_are_only_names(self):
        text = ("id,district,\"pupils # of: {all}\",fsm,name\n1,\"'a': [#\",100,10,\"<script>\nx</script>\"\n"
                "2,\"'a': [#\",200,20,\"no: # \"\"yes\"\"\"\n")
        _, yaml, rows = self.imported(text)
        self.assertIsNone(rows)
        self.assertIn("pupils # of: {all}", yaml)

    # ---- the list that ships, and the page

    def test_california_is_understood(self):
        done = self.ends(call("import", os.path.join(POPULATIONS, "california_schools.csv"), "-o",
                              self.path("california.yaml"), "--column", "score=api1999"), 0)
        with open(os.path.join(POPULATIONS, "california.yaml"), encoding="utf-8") as file:
            shipped = file.read()
        guessed = self.read("california.yaml").decode()
        columns = dict(re.findall(r"^    (\w+): (\w+)", shipped.split("columns:")[1].split("\n\n")[0], re.M))
        self.assertGreater(len(columns), 8)
        for setting, header in columns.items():
            self.assertRegex(guessed, rf"(?m)^    {setting}: \"?{header}\"?( |$)")
        self.assertIn("6194 schools in 766 districts", done.stdout)

    def test_the_page_shows_what_the_program_says(self):
        with open(os.path.join(POPULATIONS, "first_report.md"), encoding="utf-8") as file:
            page = file.read()
        shown = re.findall(r"```sh\n((?:(?!```).)*)```\n+```text\n((?:(?!```).)*)```", page, re.S)
        self.assertGreater(len(shown), 2)
        for command, output in shown:
            words = shlex.split(command.replace("\\\n", " "))
            self.assertEqual(words[0], "build/release/reformsim")
            out = self.path("schools.yaml")
            done = call(*[out if word == "build/schools.yaml" else word for word in words[1:]], cwd=TOP)
            said = (done.stdout + done.stderr).replace(out, "build/schools.yaml")
            with self.subTest(command):
                self.assertEqual(said.strip(), output.strip())


if __name__ == "__main__":
    unittest.main(verbosity=2)
