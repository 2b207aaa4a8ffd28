#!/usr/bin/env python3
"""Prints native/kernels/math_polynomials.inl.h: the polynomials of the quick binary64 paths.

    python3 scripts/math-polynomials.py | clang-format > native/kernels/math_polynomials.inl.h      (mpmath 1.3)

Each polynomial interpolates its function at the Chebyshev nodes of the range (within a small factor of the best
polynomial of that degree), in 60 digits. Its coefficients are then rounded to binary64, and the error that is printed
is that of the ROUNDED coefficients: the largest relative difference found on a grid of 20,001 points, evaluated in 60
digits. Rounding errors of the evaluation are not in it; math.inl.h adds them up.
"""
from mpmath import atanh, cos, erf, expm1, log, mp, mpf, pi, polyval, sin, sqrt

mp.dps = 60
GRID = 20000


def interpolate(f, low, high, degree):
    """Coefficients, constant term first, of the polynomial through f at the degree + 1 Chebyshev nodes."""
    n = degree + 1
    nodes = [(low + high) / 2 + (high - low) / 2 * cos(pi * (2 * i + 1) / (2 * n)) for i in range(n)]
    # Newton's divided differences, then the product form multiplied out.
    d = [f(x) for x in nodes]
    for j in range(1, n):
        for i in range(n - 1, j - 1, -1):
            d[i] = (d[i] - d[i - 1]) / (nodes[i] - nodes[i - j])
    c = [mpf(0)] * n
    for i in range(n - 1, -1, -1):
        c = [(c[k - 1] if k > 0 else mpf(0)) - nodes[i] * c[k] for k in range(n)]
        c[0] += d[i]
    return [float(x) for x in c]


def worst(f, c, low, high):
    top_first = [mpf(x) for x in reversed(c)]
    error = mpf(0)
    for i in range(GRID + 1):
        x = low + (high - low) * i / GRID
        y = f(x)
        error = max(error, abs(polyval(top_first, x) / y - 1))
    return error


def with_limit(f, hole, limit):
    return lambda x: limit if x == hole else f(x)


# name, what it is, function, range, degree
SERIES = [
    ('kExpm1', '(e^r - 1) / r for |r| <= 0.347 (ln 2 / 2 and a little)',
     with_limit(lambda r: expm1(r) / r, 0, mpf(1)), mpf('-0.347'), mpf('0.347'), 9),
    ('kAtanh', '2 atanh(s) / s as a polynomial in z = s^2, for s = f / (2 + f), f + 1 from sqrt(1/2) to sqrt(2)',
     with_limit(lambda z: 2 * atanh(sqrt(z)) / sqrt(z), 0, mpf(2)), mpf(0), mpf('0.02945'), 6),
    ('kSinpi', 'sin(pi u) / u as a polynomial in z = u^2, for |u| <= 1/2',
     with_limit(lambda z: sin(pi * sqrt(z)) / sqrt(z), 0, pi), mpf(0), mpf('0.25'), 7),
    ('kErf', 'erf(x) / x as a polynomial in w = x^2 / 8 - 1, for |x| <= 3.9375',
     with_limit(lambda w: erf(sqrt(8 * w + 8)) / sqrt(8 * w + 8), -1, 2 / sqrt(pi)), mpf(-1), mpf('0.938'), 24),
]


def main():
    print('// Written by scripts/math-polynomials.py: run it again rather than edit this.')
    print('// Interpolation at Chebyshev nodes; "error" is the largest relative error of the rounded coefficients, in exact')
    print('// arithmetic. The constant term comes first.')
    for name, what, f, low, high, degree in SERIES:
        c = interpolate(f, low, high, degree)
        error = worst(f, c, low, high)
        print(f'\n// {what}: error 2^{float(log(error, 2)):.1f}.')
        print(f'constexpr double {name}[] = {{')
        for i in range(0, len(c), 4):
            print('    ' + ', '.join(x.hex() for x in c[i:i + 4]) + ',')
        print('};')


main()
