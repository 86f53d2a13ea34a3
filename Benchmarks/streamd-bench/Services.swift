import CallSimulator
import Foundation
import Net
import ServiceStandIns

/// Runs the stand-ins for speech to text, language model, text to speech and Twilio's REST API until it
/// is stopped.
enum Services {
    private static let known: [(name: String, standard: String?, about: String)] = [
        ("port", "0", "port to listen on, 0 for any"),
        ("host", "127.0.0.1", "address to listen on"),
        (
            "stt-ms", "150",
            "delay of a transcript: 150, uniform:100:200, normal:150:30, lognormal:150:0.4"
        ),
        ("llm-first-ms", "200", "delay of the first token, likewise"),
        ("llm-token-ms", "10", "delay of every further token, likewise"),
        ("tts-first-ms", "100", "delay of the first byte of speech, likewise"),
        ("tts-speedup", "20", "seconds of speech sent in a second"),
        (
            "llm", "reply",
            "reply: always says --reply; tools: books tables with the tools it is given; ask: asks "
                + "what callers who `--say answers` answer next"
        ),
        ("reply", ServiceStandInOptions().reply, "what the language model says"),
        ("transcript", ServiceStandInOptions().transcript, "words of audio that is not a fixture"),
        ("fixtures", "audio-fixtures", "folder with MANIFEST.json; none to know no fixtures"),
        ("twilio-account", "", "account that may send messages; empty for any"),
        ("twilio-token", "", "its auth token"), ("twilio-ms", "0", "delay of Twilio's answers"),
        ("twilio-clock", "0", "seconds by which Twilio's clock is ahead"),
        ("seed", "1", "seed of all delays"),
        ("loops", "1", "threads that answer"),
        ("seconds", "0", "ends after so many seconds; 0 to run until it is stopped"),
    ]

    static func run(arguments: [String]) -> Int32 {
        do {
            return try serve(try BenchOptions(arguments, known: known))
        } catch {
            print("\(error)")
            return 64
        }
    }

    private static func serve(_ options: BenchOptions) throws -> Int32 {
        let standIn = try standInOptions(options)
        let folder = options["fixtures"]
        let index = folder == "none" ? nil : try FixtureIndex(FixtureLibrary(folder: folder))
        let loops = try EventLoopGroup(
            count: max(1, try options.integer("loops")), label: "services")
        defer { loops.shutdown() }
        let services = try ServiceStandIns(group: loops, options: standIn, index: index)
        services.prepareReply()
        // One line, at once even into a file: scripts wait for it.
        print(
            "services listening host=\(standIn.host) port=\(services.port) "
                + "fixtures=\(index?.count ?? 0)")
        fflush(nil)
        wait(seconds: try options.integer("seconds"))
        services.close()
        return 0
    }

    private static func standInOptions(_ options: BenchOptions) throws -> ServiceStandInOptions {
        var standIn = ServiceStandInOptions()
        standIn.host = options["host"]
        standIn.port = try options.integer("port")
        standIn.transcription = try distribution(options, "stt-ms")
        standIn.chatFirst = try distribution(options, "llm-first-ms")
        standIn.chatToken = try distribution(options, "llm-token-ms")
        standIn.speechFirst = try distribution(options, "tts-first-ms")
        guard let speedup = Double(options["tts-speedup"]), speedup >= 0.1, speedup <= 10_000 else {
            throw BenchOptions.Fault(description: "--tts-speedup must be 0.1 to 10000")
        }
        standIn.speechSpeedup = speedup
        guard let mode = ServiceStandInOptions.ChatMode(rawValue: options["llm"]) else {
            throw BenchOptions.Fault(description: "--llm must be reply, tools or ask")
        }
        standIn.chatMode = mode
        standIn.twilioAccountSid = options["twilio-account"]
        standIn.twilioAuthToken = options["twilio-token"]
        standIn.twilio = try distribution(options, "twilio-ms")
        guard let ahead = Int(options["twilio-clock"]) else {
            throw BenchOptions.Fault(description: "--twilio-clock must be a number of seconds")
        }
        standIn.twilioClockSeconds = ahead
        standIn.reply = options["reply"]
        standIn.transcript = options["transcript"]
        standIn.seed = UInt64(try options.integer("seed"))
        return standIn
    }

    private static func distribution(
        _ options: BenchOptions, _ name: String
    ) throws -> LatencyDistribution {
        guard let made = LatencyDistribution(options[name]) else {
            throw BenchOptions.Fault(
                description: "--\(name) '\(options[name])' is not a delay: give milliseconds, "
                    + "uniform:MIN:MAX, normal:MEAN:DEVIATION or lognormal:MEDIAN:SIGMA")
        }
        return made
    }

    /// Until SIGTERM or SIGINT, or for some seconds if not 0.
    private static func wait(seconds: Int) {
        let done = DispatchSemaphore(value: 0)
        let sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { done.signal() }
            source.resume()
            return source
        }
        if seconds > 0 {
            _ = done.wait(timeout: .now() + .seconds(seconds))
        } else {
            done.wait()
        }
        for source in sources { source.cancel() }
    }
}
