/// The script of a caller: what is said and when; times in milliseconds from the start of the call.
package struct CallerScript {
    package struct Sound {
        package var fromMs: Int
        package var toMs: Int
        /// nil is a noise.
        package var word: String?
        package var code = 0
    }

    package private(set) var sounds: [Sound] = []

    package init() {}

    package mutating func say(_ words: [String], fromMs: Int, wordMs: Int = 300) {
        var from = fromMs
        for word in words {
            add(word, from, from + wordMs)
            from += wordMs
        }
    }

    package mutating func noise(fromMs: Int, toMs: Int) { add(nil, fromMs, toMs) }

    package mutating func add(_ word: String?, _ from: Int, _ to: Int) {
        precondition(sounds.last.map { $0.toMs <= from } ?? true, "sounds in order")
        sounds.append(
            Sound(fromMs: from, toMs: to, word: word, code: sounds.count % CodedSpeech.codeCount))
    }

    package var endMs: Int { sounds.last?.toMs ?? 0 }

    /// Takes back what is still to be said after `ms`; a word that was begun is finished.
    package mutating func stop(afterMs ms: Int) { sounds.removeAll { $0.fromMs >= ms } }

    /// Runs of sound that are less than 80 ms apart: what a detector takes for one.
    package var runs: [(fromMs: Int, toMs: Int)] {
        var runs: [(fromMs: Int, toMs: Int)] = []
        for sound in sounds {
            if let last = runs.last, sound.fromMs - last.toMs < 80 {
                runs[runs.count - 1].toMs = sound.toMs
            } else {
                runs.append((sound.fromMs, sound.toMs))
            }
        }
        return runs
    }

    /// Writes the 20 ms of audio with number `index` over silence; `next` is the first sound that
    /// may lie in it or later, and is moved on.
    package func write(frame index: Int, into frame: inout [UInt8], from next: inout Int) {
        let start = index * 160
        while next < sounds.count, sounds[next].toMs * 8 <= start { next += 1 }
        var current = next
        while current < sounds.count, sounds[current].fromMs * 8 < start + 160 {
            let sound = sounds[current]
            let byte = sound.word == nil ? CodedSpeech.noise : CodedSpeech.byte(code: sound.code)
            let range = max(0, sound.fromMs * 8 - start)..<min(160, sound.toMs * 8 - start)
            for position in range { frame[position] = byte }
            current += 1
        }
    }
}

/// A script that several parts of a simulation look at while it grows.
package final class SpokenSounds {
    package var script: CallerScript
    package init(_ script: CallerScript = CallerScript()) { self.script = script }
}
