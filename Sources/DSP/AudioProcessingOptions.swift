/// Which parts of the audio processor run on a stream; by default none does.
public struct AudioProcessingOptions: Sendable, Equatable {
    /// How hard noise suppression works: the harder, the less noise and the duller the voice.
    public enum NoiseSuppression: String, Sendable, CaseIterable {
        case low, moderate, high, veryHigh
    }

    /// Brings quiet callers to a common level.
    public struct AutomaticGain: Sendable, Equatable {
        /// Peak level aimed at, in dB below full scale, 0…31.
        public var targetDecibelsBelowFullScale = 3
        /// The most that quiet sound is raised, in dB, 0…90.
        public var compressionDecibels = 9
        /// True to limit what would clip.
        public var limiter = true
        /// True when the gain follows the speaker; if not, it is always `compressionDecibels`.
        public var adaptive = true

        /// The defaults given at each property.
        public init() {}
    }

    /// Removes the echo of the reference from the near signal.
    public enum EchoControl: Sendable, Equatable {
        /// The full canceller: an adaptive filter of 128 ms that finds the delay itself, then a
        /// suppressor of the given strength.
        case full(Suppression)
        /// The cheap canceller made for mobile telephones; the routing says how loud echoes are.
        case mobile(Routing)

        /// How hard the full canceller treats what its filter leaves.
        public enum Suppression: Int32, Sendable, CaseIterable {
            case low, moderate, high
        }

        /// How loud an echo the mobile canceller expects, quietest first.
        public enum Routing: Int32, Sendable, CaseIterable {
            case quietEarpiece, earpiece, loudEarpiece, speakerphone, loudSpeakerphone
        }
    }

    /// Samples per second: 8,000 or 16,000.
    public var sampleRate = 8_000
    /// Takes away what lies below about 100 Hz: hum, rumble and offset.
    public var highPass = false
    /// Strength of noise suppression, or nil for none.
    public var noiseSuppression: NoiseSuppression?
    /// Automatic gain, or nil for none.
    public var automaticGain: AutomaticGain?
    /// Echo control, or nil for none.
    public var echoControl: EchoControl?
    /// Milliseconds from `analyse(far:)` of a sound until its echo is in the near signal, 0…500.
    ///
    /// The mobile canceller relies on it. The full one searches around it: from 100 it finds
    /// echoes of 0…300 ms at 8 kHz (0…250 at 16 kHz), from 300 those of 100…400 (100…300);
    /// outside that it leaves all but 5 dB of them.
    public var echoDelayMs = 100

    /// Everything off, at 8 kHz.
    public init() {}

    /// True when any part is switched on.
    public var isActive: Bool {
        highPass || noiseSuppression != nil || automaticGain != nil || echoControl != nil
    }
}
