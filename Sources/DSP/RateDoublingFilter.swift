// Made by scripts/design-resampler. Do not edit.

/// The low-pass filter between 8 and 16 kHz: equiripple, linear phase, at 16 kHz.
///
/// Ripple 0.024 dB up to 3,000 Hz, -6.4 dB at 3,400 Hz, -102.5 dB from 4,000 Hz on and
/// -116.8 dB from 6,000 Hz on.
enum RateDoublingFilter {
    /// The number of taps; the group delay is half of one less, 38 samples at 16 kHz.
    static let tapCount = 77

    /// The taps from the middle outwards; the other half mirrors them. They add up to one.
    static let halfTaps: [Double] = [
        0.4238333343, 0.3082578524, 0.07203908045, -0.0785484162,
        -0.06235986941, 0.02240005428, 0.04830615462, 0.003848693893,
        -0.03242869687, -0.01592274839, 0.01734537957, 0.01901871938,
        -0.005143285058, -0.01650980023, -0.003020172945, 0.01123637103,
        0.007024555659, -0.005502825062, -0.00761284258, 0.0008682747065,
        0.006021547036, 0.001943922307, -0.00355979743, -0.002946769262,
        0.001264835764, 0.002637909035, 0.0002805475724, -0.001691779373,
        -0.0009508506959, 0.0006976367874, 0.0009473693666, -7.684007803e-06,
        -0.0006135825315, -0.0003004733392, 0.0002635417474, 0.0004394282389,
        0.0002705181432, 8.170854159e-05, 8.825711131e-06,
    ]
}
