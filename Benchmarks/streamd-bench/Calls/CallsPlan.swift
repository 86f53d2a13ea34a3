import CallSimulator

/// What a run of calls does; from the command line.
struct CallsPlan {
    var streamURL = ""
    var callCount = 1
    var turnCount = 5
    /// Calls go on for this long; 0: until their turns are done.
    var seconds = 0
    /// Every so many turns are said over the assistant; 0 for none.
    var bargeEvery = 0
    var clips: [CallerUtterance]
    /// Callers answer what they are asked, rather than to say whatever comes.
    var answersQuestions = false
    var noiseLevel: Float = -65
    /// Calls that begin in a second; 0: all of them within two seconds.
    var startRate = 0.0
    /// The silence that the server takes for the end of a turn: what is above it is its own doing.
    var endpointMs = 400.0
    var jitterMs = 0.0
    var seed: UInt64 = 1
    var loopCount = 0
    /// Keep the sound of one call, for the report.
    var recordsOneCall = false

    /// Options of every benchmark that makes calls.
    static let known: [BenchOptions.Known] = [
        ("turns", "5", "turns of each call"),
        ("seconds", "0", "every call goes on for so long instead; 0: until its turns are done"),
        ("start-rate", "0", "calls begun in a second; 0: all within two seconds"),
        ("barge-every", "0", "every so many turns are said over the assistant; 0 for none"),
        ("kind", "speech", "kinds of clips, joined by commas: speech, or others of the manifest"),
        ("fixtures", "audio-fixtures", "folder with MANIFEST.json"),
        ("clips", "0", "how many different clips; 0 for all"),
        (
            "say", "any",
            "any: one clip after the other; answers: what `services --llm ask` has asked for"
        ),
        ("clip-ms", "0:60000", "only clips whose speech is so long, FROM:TO"),
        ("noise", "-65", "line noise of the caller, dBFS"),
        ("jitter-ms", "0", "network jitter towards the caller, 99th percentile"),
        ("seed", "1", "of the jitter and the line noise"),
        ("loops", "0", "threads of this program's side; 0 for one a core"),
        (
            "endpoint-ms", "",
            "the server's endpoint silence, taken off for the overhead; from --serve's file, or 400"
        ),
    ]

    /// - Throws: `BenchOptions.Fault`, and `FixtureError` where clips cannot be read.
    init(_ options: BenchOptions) throws {
        turnCount = try options.integer("turns")
        seconds = try options.integer("seconds")
        startRate = try options.number("start-rate")
        bargeEvery = try options.integer("barge-every")
        noiseLevel = Float(try options.number("noise"))
        jitterMs = try options.number("jitter-ms")
        seed = UInt64(try options.integer("seed"))
        loopCount = try options.integer("loops")
        let lengths = options["clip-ms"].split(separator: ":").compactMap { Int($0) }
        guard lengths.count == 2, lengths[0] <= lengths[1] else {
            throw BenchOptions.Fault(description: "--clip-ms must be FROM:TO in milliseconds")
        }
        let all = try FixtureLibrary(folder: options["fixtures"]).clean(kind: options["kind"])
        clips = all.filter {
            (lengths[0]...lengths[1]).contains(($0.speechEnd - $0.speechStart) / 8)
        }
        let countMax = try options.integer("clips")
        if countMax > 0 { clips = Array(clips.prefix(countMax)) }
        guard !clips.isEmpty else {
            throw BenchOptions.Fault(description: "no clip is \(options["clip-ms"]) ms long")
        }
        switch options["say"] {
        case "any": break
        case "answers":
            answersQuestions = true
            for question in AskedQuestion.all where answers(to: question).isEmpty {
                throw BenchOptions.Fault(description: "no clip answers \"\(question.text)\"")
            }
        default: throw BenchOptions.Fault(description: "--say must be any or answers")
        }
        if !options["endpoint-ms"].isEmpty { endpointMs = try options.number("endpoint-ms") }
    }

    private func answers(to question: AskedQuestion) -> [CallerUtterance] {
        clips.filter { question.isAnswered(by: $0.text) }
    }

    /// What the caller says, turn by turn.
    private func sayings(call: Int, count: Int) -> [CallerUtterance] {
        guard answersQuestions else {
            return (0..<count).map { clips[(call * 7 + $0) % clips.count] }
        }
        var question = AskedQuestion.all[0]
        return (0..<count).map { turn in
            let fitting = answers(to: question)
            let clip = fitting[(call * 7 + turn / AskedQuestion.all.count) % fitting.count]
            question = AskedQuestion.following(clip.text)
            return clip
        }
    }

    /// What the caller of one call does.
    func script(call: Int, lengthMs: Int?) -> CallerScript {
        // The first of them waits for the greeting.
        var steps: [CallerStep] = []
        // No turn is over in less than a second and a half.
        let count = lengthMs.map { $0 / 1500 + 1 } ?? turnCount
        for (turn, clip) in sayings(call: call, count: count).enumerated() {
            if bargeEvery > 0, turn % bargeEvery == bargeEvery - 1 {
                steps.append(.bargeIn(clip, afterMs: 800 + call * 37 % 600))
            } else {
                steps.append(.say(clip, pauseMs: 300 + call * 53 % 400))
            }
        }
        steps.append(.waitForAgent(pauseMs: 300))
        return CallerScript(
            steps, background: .noise(level: noiseLevel, seed: seed &+ UInt64(call)),
            lengthMs: lengthMs)
    }
}
