"""Reference values of ln 2F1(a, b; c; z) for c > b > 0, a > 0, z < 1, made by
mpmath's hyp2f1 at 120 digits; a value is left out where 60 digits give another
one. Run: python loghyp2f1.py > loghyp2f1.csv   (mpmath 1.4.1)
"""
import random

from mpmath import hyp2f1, log, mp, mpf, workdps

random.seed(3)


def value(a, b, c, z):
    out = []
    for digits in (60, 120):
        with workdps(digits):
            out.append(log(hyp2f1(mpf(a), mpf(b), mpf(c), mpf(z), maxterms=10**6, maxprec=20000)))
    if abs(out[0] - out[1]) > mpf(10) ** -25 * max(1, abs(out[1])):
        return None
    return out[1]


def power(lo, hi):
    return 10 ** random.uniform(lo, hi)


def rows():
    # arguments that the models meet: shapes from 1e-4 to 1e4, frequencies to 1e4
    for _ in range(160):
        b, d = power(-4, 4), power(-4, 4)
        a = power(-4, 4) + random.choice([0, 1, 1, random.randint(0, 10000)])
        z = -power(-8, 9) if random.random() < .6 else 1 - power(-9, 0)
        yield a, b, b + d, z
    # common ranges
    for _ in range(120):
        b, d = power(-1.5, 1.5), power(-1.5, 2)
        a = 1 + random.choice([0, power(-1, 1), random.randint(0, 60)])
        z = -power(-3, 3) if random.random() < .6 else 1 - power(-4, 0)
        yield a, b, b + d, z


mp.dps = 60
print("a,b,c,z,log2f1")
for a, b, c, z in rows():
    try:
        v = value(a, b, c, z)
    except Exception:
        v = None
    if v is not None:
        print(f"{a!r},{b!r},{c!r},{z!r},{mp.nstr(v, 25)}", flush=True)
