# SPDX-License-Identifier: GPL-2.0-only
"""browser_test.py MAKE_PAGES: the pages in a headless Chromium, as a reader uses them."""
import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import browser

SKIPPED = ("no Chromium: to un-skip, apt-get install --no-install-recommends chromium "
           "fonts-dejavu-core")
folder = ""


def file(name):
    return os.path.join(folder, name + ".html")


def html(name):
    with open(file(name), encoding="utf-8") as page:
        return page.read()


class Policy(unittest.TestCase):
    """What needs no browser."""

    def test_the_policy_names_the_hash_of_the_script(self):
        page = html("triage")
        script = re.search(r"<script>(.*?)</script>", page, re.S).group(1)
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        self.assertIn("script-src 'sha256-" + digest + "'", page)

    def test_a_page_has_one_script(self):
        for name in ("triage", "hostile", "campaign", "hostile-campaign"):
            self.assertEqual(html(name).count("<script"), 1, name)


class InBrowser(unittest.TestCase):
    script = True

    @classmethod
    def setUpClass(cls):
        cls.tab = browser.Browser(script=cls.script)

    @classmethod
    def tearDownClass(cls):
        cls.tab.close()

    def shown(self):
        return self.tab.run("[...document.querySelectorAll('details.cluster')]"
                            ".filter(one => one.checkVisibility()).length")

    def click(self, selector):
        """A real click in the middle of what the selector names."""
        place = self.tab.run(
            "(() => {const one = document.querySelector(" + repr(selector) + ");"
            "one.scrollIntoView({block: 'center'}); const box = one.getBoundingClientRect();"
            "return [box.x + Math.min(box.width / 2, 40), box.y + box.height / 2]})()")
        for kind in ("mousePressed", "mouseReleased"):
            self.tab.call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1],
                          button="left", clickCount=1)

    def type(self, text):
        self.tab.run("words.focus(); words.select()")
        self.tab.call("Input.insertText", text=text)

    def complaints(self):
        return [event["params"]["entry"]["text"] for event in self.tab.events
                if event.get("method") == "Log.entryAdded"]


class Triage(InBrowser):
    def setUp(self):
        self.tab.open(file("triage"))

    def test_a_click_opens_a_cluster_and_another_folds_it(self):
        is_open = "document.querySelector('details.cluster').open"
        self.assertFalse(self.tab.run(is_open))
        self.click("details.cluster > summary")
        self.assertTrue(self.tab.run(is_open))
        self.assertTrue(self.tab.run("document.querySelector('.op.fails').checkVisibility()"))
        self.click("details.cluster > summary")
        self.assertFalse(self.tab.run(is_open))

    def test_the_report_is_folded_until_it_is_clicked(self):
        self.click("details.cluster > summary")
        is_open = "document.querySelector('details.report').open"
        self.assertFalse(self.tab.run(is_open))
        self.click("details.report > summary")
        self.assertTrue(self.tab.run(is_open))
        self.assertIn("ASSERTION FAILED", self.tab.run(
            "document.querySelector('details.report pre').innerText"))
        self.click("details.report > summary")
        self.assertFalse(self.tab.run(is_open))

    def test_the_keyboard_alone_opens_a_cluster(self):
        self.tab.run("document.querySelector('details.cluster > summary').focus()")
        self.tab.press("Enter", 13, "\r")
        self.assertTrue(self.tab.run("document.querySelector('details.cluster').open"))

    def test_text_filters_clusters(self):
        self.assertEqual(self.shown(), 5)
        self.type("GenPool heap")
        self.assertEqual(self.shown(), 1)
        self.assertEqual(self.tab.run("shown.textContent"), "1 of 5")
        self.type("no such words")
        self.assertEqual(self.shown(), 0)
        self.assertTrue(self.tab.run("nothing.checkVisibility()"))

    def test_states_filter_clusters_and_add_up(self):
        self.click("input[value=new]")
        self.assertEqual(self.shown(), 2)
        self.click("input[value=known]")
        self.assertEqual(self.shown(), 3)
        self.click("input[value=new]")
        self.click("input[value=known]")
        self.assertEqual(self.shown(), 5)

    def test_enter_in_the_filter_does_not_leave_the_page(self):
        self.type("GenPool heap")
        self.tab.press("Enter", 13, "\r")
        self.assertEqual(self.shown(), 1)
        self.assertTrue(self.tab.run("location.href").endswith("triage.html"))

    def test_one_button_unfolds_all_and_folds_them_again(self):
        count = "document.querySelectorAll('details.cluster[open]').length"
        self.click("#unfold")
        self.assertEqual(self.tab.run(count), 5)
        self.click("#unfold")
        self.assertEqual(self.tab.run(count), 0)

    def test_a_link_to_a_cluster_opens_it(self):
        self.tab.open(file("triage"), "#c-accounting-disable-none-pages-left-none-none")
        self.assertTrue(self.tab.run("document.querySelectorAll('details.cluster')[1].open"))

    def test_a_likely_cause_is_one_click_away(self):
        self.click("details.cluster > summary")
        self.click("a[href^='#c-']")
        self.tab.run("new Promise(done => setTimeout(done, 0))")
        self.assertTrue(self.tab.run("document.querySelectorAll('details.cluster')[1].open"))

    def test_the_copy_button_takes_the_replay_command(self):
        self.click("details.cluster > summary")
        self.tab.run("window.taken = ''; document.addEventListener('copy', () => {"
                     "window.taken = String(getSelection())})")
        self.click("button.copy")
        self.assertTrue(self.tab.run("window.taken").startswith("./arenafuzz replay report/"))
        self.assertEqual(self.tab.run("document.querySelector('button.copy').textContent"),
                         "Copied")

    def test_printing_unfolds_what_is_folded(self):
        count = "document.querySelectorAll('details:not([open])').length"
        folded = self.tab.run(count)
        self.tab.run("window.dispatchEvent(new Event('beforeprint'))")
        self.assertEqual(self.tab.run(count), 0)
        self.tab.run("window.dispatchEvent(new Event('afterprint'))")
        self.assertEqual(self.tab.run(count), folded)


class Pages(InBrowser):
    def test_no_page_complains_or_is_wider_than_a_phone(self):
        for name in ("campaign", "campaign-stopped", "campaign-begun", "campaign-unknown",
                     "triage", "triage-clean", "hostile", "hostile-campaign"):
            for width in (1280, 400):
                self.tab.call("Emulation.setDeviceMetricsOverride", width=width, height=900,
                              deviceScaleFactor=1, mobile=False)
                self.tab.open(file(name))
                self.tab.run("document.querySelectorAll('details').forEach(one => {"
                             "one.open = true})")
                self.assertLessEqual(self.tab.run("document.documentElement.scrollWidth"), width,
                                     name)
                self.assertEqual(self.complaints(), [], name)

    def test_a_script_in_a_file_name_does_not_run(self):
        for name in ("hostile", "hostile-campaign"):
            self.tab.open(file(name))
            self.tab.run("document.querySelectorAll('details').forEach(one => {one.open = true})")
            self.tab.run("new Promise(done => setTimeout(done, 50))")
            self.assertNotEqual(self.tab.run("document.title"), "ran", name)
            self.assertEqual(self.tab.run("document.images.length"), 0, name)
            self.assertEqual(self.tab.run("document.scripts.length"), 1, name)
            self.assertIn("document.title='ran'", self.tab.run("document.body.textContent"))

    def test_no_link_leaves_the_disk(self):
        self.tab.open(file("hostile"))
        schemes = self.tab.run("[...new Set([...document.links].map(one => one.protocol))]")
        self.assertEqual(schemes, ["file:"])

    def test_markup_that_slipped_through_could_not_run(self):
        """The policy is a second wall: this page has a hole planted."""
        planted = file("planted")
        with open(planted, "w", encoding="utf-8") as page:
            page.write(html("triage").replace(
                "</main>", "<script>document.title='ran'</script>"
                "<img src=x onerror=\"document.title='ran'\"></main>"))
        self.tab.open(planted)
        self.tab.run("new Promise(done => setTimeout(done, 50))")
        self.assertNotEqual(self.tab.run("document.title"), "ran")


class WithoutScript(InBrowser):
    script = False

    def test_all_clusters_are_there_and_the_filter_is_not(self):
        self.tab.open(file("triage"))
        self.assertEqual(self.shown(), 5)
        self.assertFalse(self.tab.run("words.checkVisibility()"))
        self.click("details.cluster > summary")
        self.assertTrue(self.tab.run("document.querySelector('.op.fails').checkVisibility()"))


def main():
    global folder
    if len(sys.argv) != 2:
        print("usage: browser_test.py MAKE_PAGES", file=sys.stderr)
        return 2
    folder = tempfile.mkdtemp(prefix="arenafuzz-pages-")
    try:
        subprocess.run([sys.argv[1], folder], check=True)
        loader = unittest.TestLoader()
        kinds = [Policy]
        if browser.path():
            kinds += [Triage, Pages, WithoutScript]
        suite = unittest.TestSuite(loader.loadTestsFromTestCase(kind) for kind in kinds)
        result = unittest.TextTestRunner(verbosity=2).run(suite)
        if result.wasSuccessful() and not browser.path():
            print(SKIPPED)
        return 0 if result.wasSuccessful() else 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
