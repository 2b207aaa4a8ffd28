// Written by scripts/math-polynomials.py: run it again rather than edit this.
// Interpolation at Chebyshev nodes; "error" is the largest relative error of the rounded coefficients, in exact
// arithmetic. The constant term comes first.

// (e^r - 1) / r for |r| <= 0.347 (ln 2 / 2 and a little): error 2^-49.2.
constexpr double kExpm1[] = {
    0x1.0000000000006p+0,  0x1.0000000000001p-1,  0x1.5555555550cd2p-3,  0x1.5555555553d2bp-5,  0x1.11111123e283ep-7,
    0x1.6c16c178a18c1p-10, 0x1.a019943eca1f5p-13, 0x1.a019b8b8f8697p-16, 0x1.72e1ab1e74ae1p-19, 0x1.2891e963ab1f9p-22,
};

// 2 atanh(s) / s as a polynomial in z = s^2, for s = f / (2 + f), f + 1 from sqrt(1/2) to sqrt(2): error 2^-52.0.
constexpr double kAtanh[] = {
    0x1.0000000000001p+1, 0x1.5555555552d35p-1, 0x1.999999a43b048p-2, 0x1.249240b49f584p-2,
    0x1.c722cf1b772bep-3, 0x1.7322d86a2abcbp-3, 0x1.58d9517bdbb08p-3,
};

// sin(pi u) / u as a polynomial in z = u^2, for |u| <= 1/2: error 2^-51.9.
constexpr double kSinpi[] = {
    0x1.921fb54442d17p+1, -0x1.4abbce625bd83p+2, 0x1.466bc677522bdp+1,  -0x1.32d2cce1ea145p-1,
    0x1.5078327046959p-4, -0x1.e30631bdf732dp-8, 0x1.e89f6fe44fe7bp-12, -0x1.62903d02bb153p-16,
};

// erf(x) / x as a polynomial in w = x^2 / 8 - 1, for |x| <= 3.9375: error 2^-47.7.
constexpr double kErf[] = {
    0x1.6a040781a49aep-2,  -0x1.69a0ccda3dbbfp-3,  0x1.0dabaf0610da7p-3,  -0x1.b92e95c1c3823p-4,
    0x1.717efc7998a43p-4,  -0x1.3215d8b131655p-4,  0x1.ea97f1116d781p-5,  -0x1.76e86553076eep-5,
    0x1.0ed52e8ec148dp-5,  -0x1.7034ed96ed66bp-6,  0x1.d634e5a5c0725p-7,  -0x1.1a02bd08c30dap-7,
    0x1.3e174e1504686p-8,  -0x1.51e79232d9490p-9,  0x1.52c0bb9228cd2p-10, -0x1.41a0046f99b48p-11,
    0x1.21a9b5165bb1bp-12, -0x1.ea6ae1c922d61p-14, 0x1.89eae5cf188d9p-15, -0x1.443e72481be24p-16,
    0x1.fd78099323aefp-18, -0x1.01e4fa459125ap-19, 0x1.f5eaaff935f89p-22, -0x1.ef27401722367p-22,
    0x1.827d5492ac907p-23,
};
