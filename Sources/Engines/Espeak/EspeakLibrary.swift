import CEspeak

/// libespeak-ng, of which a process has one: its voice, its pace and its callback are globals.
///
/// Everything runs on one thread, which the engines share. It speaks so much faster than people do that
/// one thread serves many calls.
final class EspeakLibrary: Sendable {
    /// Made when an engine first needs it; stays for the life of the process.
    static let shared = EspeakLibrary()
    /// Sentences of all engines that may wait.
    static let queueMax = 4096

    private let pool = WorkerPool(name: "espeak", workerCount: 1, queueMax: EspeakLibrary.queueMax)
    private let speaker = EspeakSpeaker()

    /// Sentences that wait.
    var queuedCount: Int { pool.queuedCount }

    /// Runs `body` on the library's thread. Any thread; false when the queue is full.
    func run(_ body: @escaping @Sendable (EspeakSpeaker) -> Void) -> Bool {
        pool.submit { [speaker] _ in body(speaker) } != nil
    }
}

/// The speaker that the library is set to. Touched by the library's thread only.
final class EspeakSpeaker: @unchecked Sendable {
    /// Words a minute of a voice's own pace, and the library's bounds.
    static let wordsPerMinute = 175.0
    static let wordsPerMinuteRange = 80.0...450.0
    /// Length of the pieces that come from the library: milliseconds.
    static let pieceMs: Int32 = 20

    private var sampleRate = 0
    private var voice = ""

    /// What the callback needs while a sentence is made.
    private final class Listener {
        let take: (UnsafeBufferPointer<Int16>) -> Bool
        init(_ take: @escaping (UnsafeBufferPointer<Int16>) -> Bool) { self.take = take }
    }

    /// Loads the library's data, once. Blocking.
    private func prepare() throws(SpeechFault) {
        guard sampleRate <= 0 else { return }
        // Without the option the library ends the process when its data is missing.
        sampleRate = Int(
            espeak_Initialize(
                AUDIO_OUTPUT_SYNCHRONOUS, Self.pieceMs, nil,
                Int32(espeakINITIALIZE_DONT_EXIT)))
        guard sampleRate > 0 else {
            throw SpeechFault("its data is missing; install espeak-ng-data")
        }
        espeak_SetSynthCallback { wave, count, events in
            // No samples: the sentence is over.
            guard let wave, let data = events?.pointee.user_data else { return 0 }
            let listener = Unmanaged<Listener>.fromOpaque(data).takeUnretainedValue()
            return listener.take(UnsafeBufferPointer(start: wave, count: Int(count))) ? 0 : 1
        }
    }

    /// Chooses a voice by name or language, such as `en-us`, `de` or `en-us+f3`. Blocking: it reads a
    /// file.
    func select(_ name: String) throws(SpeechFault) {
        try prepare()
        guard name != voice else { return }
        guard espeak_SetVoiceByName(name) == EE_OK else {
            // What the library has now is anybody's guess.
            voice = ""
            throw SpeechFault(
                "there is no voice '\(name)'; `espeak-ng --voices` lists them by language")
        }
        voice = name
    }

    /// Speaks `text`, handing each piece over as it is made. Blocking. Ends early when `take` returns
    /// false.
    /// - Parameter rate: 1 is the voice's own pace.
    func speak(
        _ text: String, voice: String, rate: Double,
        take: @escaping (_ samples: UnsafeBufferPointer<Int16>, _ rate: Int) -> Bool
    ) throws(SpeechFault) {
        try select(voice)
        let pace = Self.wordsPerMinute * rate
        let wanted = Int32(
            min(max(pace, Self.wordsPerMinuteRange.lowerBound), Self.wordsPerMinuteRange.upperBound)
                .rounded())
        // A voice that is chosen may bring a pace of its own.
        espeak_SetParameter(espeakRATE, wanted, 0)
        let sampleRate = sampleRate
        let listener = Listener { take($0, sampleRate) }
        let code = withExtendedLifetime(listener) {
            text.withCString { letters in
                espeak_Synth(
                    letters, text.utf8.count + 1, 0, POS_CHARACTER, 0, UInt32(espeakCHARS_UTF8),
                    nil, Unmanaged.passUnretained(listener).toOpaque())
            }
        }
        guard code == EE_OK else { throw SpeechFault("the library failed (\(code.rawValue))") }
    }
}
