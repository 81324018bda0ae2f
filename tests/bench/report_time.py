"""How long a report takes: three policies for California's 6,194 schools, each with 100 replicates over 15 years, on two
threads. Prints the time on the clock, the time of the processors (half of it is what two idle ones need at best), the
size of the page, and, where Chromium is installed, how long it takes to open with every chart drawn.

    /usr/bin/python3 tests/bench/report_time.py build/release/reformsim [REPLICATES]

On a machine that does something else the clock says little; the processors' time is inflated by a few tenths.
"""
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests", "browser"))
SCENARIOS = [os.path.join(TOP, "scenarios", "governance", name + ".yaml")
             for name in ("status_quo", "top_down", "networked")]


def opened(page):
    """Seconds until the page has its charts: the middle of five times."""
    import headless
    if headless.MISSING:
        return None
    driver = headless.browser()
    try:
        times = []
        for _ in range(5):
            start = time.monotonic()
            driver.get("file://" + page)
            while not driver.execute_script("return document.documentElement.dataset.charts"):
                time.sleep(0.01)
            times.append(time.monotonic() - start)
        return statistics.median(times)
    finally:
        driver.quit()


def main():
    program, replicates = os.path.abspath(sys.argv[1]), (sys.argv[2:] or ["100"])[0]
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        start = time.monotonic()
        subprocess.run([program, "compare", *SCENARIOS, "--with",
                        os.path.join(TOP, "scenarios", "populations", "california.yaml"), "--replicates", replicates,
                        "--threads", "2", "--quiet", "-o", out], check=True, stdout=subprocess.DEVNULL)
        clock = time.monotonic() - start
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        processors = used.ru_utime + used.ru_stime
        page = os.path.join(out, "report.html")
        print(f"3 scenarios x {replicates} replicates: {clock:.1f} s on the clock, {processors:.1f} s of the processors "
              f"({processors / 2:.1f} s on each of two), {used.ru_maxrss / 1024:.0f} MiB at most")
        print(f"report.html: {os.path.getsize(page) / 1e6:.2f} MB; comparison.h5: "
              f"{os.path.getsize(os.path.join(out, 'comparison.h5')) / 1e6:.2f} MB")
        seconds = opened(page)
        print("opening: not tried, there is no Chromium" if seconds is None
              else f"opening, with every chart: {seconds:.2f} s (middle of 5)")


if __name__ == "__main__":
    main()
