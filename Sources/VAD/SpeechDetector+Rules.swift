import DSP

/// The rules by which sound and probability become events.
extension SpeechDetector {
    private static let subframe = Int64(LevelHistory.subframeCount)

    static func samples(_ milliseconds: Int) -> Int64 {
        Int64(CallAudio.listening.sampleCount(ms: milliseconds))
    }

    /// True when the stricter rules of playout hold.
    var isPlayout: Bool {
        isPlaying || position - playoutEnd < Self.samples(options.playoutTailMs)
    }

    /// From which level on something is sound and not noise.
    var soundThresholdDB: Float {
        let margin = min(
            options.aboveNoiseMaxDB,
            max(options.aboveNoiseDB, options.noiseDeviations * noise.deviationDB))
        return max(options.silenceDBFS, noise.meanDB + margin)
    }

    /// The same within an utterance, whose loudness is known.
    private var utteranceThresholdDB: Float {
        max(soundThresholdDB, raisedThresholdDB, peakDB - options.belowPeakDB)
    }

    // MARK: - Every 5 ms

    mutating func judgeLevel() {
        learnNoise()
        let levelDB = levels.currentDB
        switch phase {
        case .idle:
            followSound(levelDB)
        case .speaking:
            // Loudness falls towards the end of a long utterance: the peak is forgotten at 3 dB/s.
            peakDB = max(levelDB, peakDB - 0.015)
            loudestDB = max(loudestDB, levelDB)
            if levelDB > utteranceThresholdDB { lastActive = position }
        case .paused:
            followReturn(levelDB)
        }
    }

    /// What did not turn out to be speech is the line's noise. Levels are learned 200 ms late where
    /// the network denies speech, and 500 ms late where it is in doubt, as it is in a room full of
    /// voices: had they been the beginning of speech, it would have been noticed by then.
    private mutating func learnNoise() {
        let lag = probability < options.offsetThreshold ? 40 : 100
        let isLongOver = position - lastActive > Self.samples(100) + Int64(lag) * Self.subframe
        guard phase == .idle || phase == .paused && isLongOver, levels.count > lag else { return }
        noise.update(levelDB: levels.levelDB(back: lag))
    }

    private mutating func followSound(_ levelDB: Float) {
        if levelDB > soundThresholdDB {
            if soundStart == nil {
                let formerIsSound = levels.levelDB(back: 1) > soundThresholdDB
                soundStart = position - (formerIsSound ? 2 : 1) * Self.subframe
                soundPeakDB = LevelHistory.floorDB
            }
            soundLast = position
            soundPeakDB = max(soundPeakDB, levelDB)
        } else if soundStart != nil, position - soundLast > Self.samples(60) {
            soundStart = nil
        }
    }

    private mutating func followReturn(_ levelDB: Float) {
        if levelDB > utteranceThresholdDB {
            if resumeStart == nil { resumeStart = position - Self.subframe }
            soundLast = position
        } else if position - soundLast > Self.samples(20) {
            resumeStart = nil
        }
    }

    // MARK: - Every 32 ms

    mutating func judgeProbability() {
        if probability >= options.offsetThreshold {
            unlikelyCount = 0
            if speechLikeStart == nil, probability >= onsetThreshold {
                speechLikeStart = position - Int64(Self.chunkCount8kHz)
            }
        } else {
            unlikelyCount += 1
            speechLikeStart = nil
        }
    }

    private var onsetThreshold: Float {
        isPlayout
            ? max(options.onsetThreshold, options.playoutThreshold) : options.onsetThreshold
    }

    private var earlyOnsetThreshold: Float {
        isPlayout
            ? max(options.earlyOnsetThreshold, options.playoutEarlyThreshold)
            : options.earlyOnsetThreshold
    }

    // MARK: - Decisions

    mutating func decide(_ emit: (SpeechEvent) -> Void) {
        switch phase {
        case .idle:
            if let speechLikeStart {
                decideOnset(
                    probability: probability, speechLikeStart: speechLikeStart, isEvident: false,
                    emit)
            }
        case .speaking: decidePause(emit)
        case .paused: decideReturn(emit)
        }
    }

    mutating func decideOnset(
        probability: Float, speechLikeStart: Int64, isEvident: Bool,
        _ emit: (SpeechEvent) -> Void
    ) {
        guard let soundStart, isEvident || probability >= onsetThreshold else { return }
        let isShort = soundLast - soundStart < Self.samples(options.coughMs)
        if isShort, !isEvident, probability < earlyOnsetThreshold { return }
        // Where there was sound long before, as in a loud room, speech began where the network
        // first heard it, and one chunk of it is not enough.
        let isLoudRoom = soundStart < speechLikeStart - Self.samples(200)
        let start = isLoudRoom ? speechLikeStart : soundStart
        let isPlayout = isPlayout
        let durationMs = isPlayout ? options.playoutOnsetMs : options.onsetMs
        guard position - start >= Self.samples(durationMs) else { return }
        if isPlayout, soundPeakDB < playoutPeakDB + options.playoutEchoDB { return }
        phase = .speaking
        utteranceStart = start
        lastActive = position
        peakDB = soundPeakDB
        loudestDB = soundPeakDB
        raisedThresholdDB = LevelHistory.floorDB
        unlikelyCount = 0
        emit(
            .onset(
                startSample: max(0, start - Self.samples(options.preRollMs)),
                detectedSample: position))
    }

    private mutating func decidePause(_ emit: (SpeechEvent) -> Void) {
        if position - lastActive >= Self.samples(options.pauseMs) {
            pause(at: lastActive, emit)
        } else if unlikelyCount >= 3 {
            // A noise that was not there before: what the network calls silence shows its level.
            let tailDB = levels.meanDB(of: 12)
            raisedThresholdDB = max(utteranceThresholdDB, tailDB + options.aboveNoiseDB)
            noise.restart(meanDB: tailDB)
            let quiet = Int64(levels.quietCount(below: raisedThresholdDB, limit: 128))
            pause(at: subframeEnd - quiet * Self.subframe, emit)
        }
    }

    /// Where the last complete sub-frame ended.
    private var subframeEnd: Int64 { Int64(levels.count) * Self.subframe }

    private mutating func pause(at end: Int64, _ emit: (SpeechEvent) -> Void) {
        phase = .paused
        resumeStart = nil
        // A level is taken over two sub-frames: the second of the last two may have been silent.
        let back = Int((subframeEnd - end) / Self.subframe)
        let isSmeared = levels.levelDB(back: back) <= utteranceThresholdDB
        let trailing = trailingCount(back: isSmeared ? back + 1 : back)
        let excess = (isSmeared ? 1 : 0) + trailing
        lastActive = max(utteranceStart, end - Int64(excess) * Self.subframe)
        emit(.pause(endSample: lastActive))
    }

    /// How many of the last sub-frames before a pause, 20 ms at most, only ring: they are above the
    /// threshold because the peak has been forgotten meanwhile, and far below the loudest.
    private func trailingCount(back: Int) -> Int {
        let ringDB = loudestDB - options.ringBelowLoudestDB
        return (0..<4).first { levels.levelDB(back: back + $0) > ringDB } ?? 4
    }

    private mutating func decideReturn(_ emit: (SpeechEvent) -> Void) {
        let sinceEnd = position - lastActive
        if sinceEnd >= Self.samples(options.utteranceEndMs) {
            endUtterance()
            return
        }
        guard let resumeStart, probability >= options.offsetThreshold else { return }
        let isRelease = resumeStart - lastActive < Self.samples(options.shortResumeWindowMs)
        let neededMs = isRelease ? options.shortResumeMs : options.resumeMs
        guard soundLast - resumeStart >= Self.samples(neededMs) else { return }
        phase = .speaking
        lastActive = soundLast
        unlikelyCount = 0
        emit(.resumed(atSample: resumeStart))
    }
}
