/// How fast and how reliable services and network are. Milliseconds.
package struct ServiceProfile: Sendable {
    package var name: String
    package var sttMs = 0...0
    package var firstTokenMs = 0...0
    package var nextSentenceMs = 0...0
    package var firstByteMs = 0...0
    /// To synthesise a second of speech.
    package var msPerSecond = 0...0
    /// Network delay in each direction, and what is added to it at random.
    package var delayMs = 0...0
    package var jitterMs = 0...0
    /// Of a hundred requests of each stage.
    package var failurePercent = 0
    /// Of a hundred answers of the dialogue that take four seconds more.
    package var hangPercent = 0
    /// Of a hundred calls in which the caller's audio stops for a while and then comes at once.
    package var stallPercent = 0

    package static let instant = ServiceProfile(name: "instant")
    package static let usual = ServiceProfile(
        name: "usual", sttMs: 130...190, firstTokenMs: 160...320, nextSentenceMs: 60...200,
        firstByteMs: 80...140, msPerSecond: 30...200, delayMs: 20...60, jitterMs: 0...15,
        stallPercent: 10)
    /// The services that peers were measured with: a transcript after 150 ms, a first token after
    /// 200 ms, eight tokens of 10 ms to the end of the first sentence, speech after 100 ms.
    package static let standIn = ServiceProfile(
        name: "stand-in", sttMs: 150...150, firstTokenMs: 280...280, nextSentenceMs: 100...100,
        firstByteMs: 100...100, msPerSecond: 50...50)
    package static let rough = ServiceProfile(
        name: "rough", sttMs: 60...700, firstTokenMs: 100...1200, nextSentenceMs: 0...600,
        firstByteMs: 40...500, msPerSecond: 20...700, delayMs: 20...120, jitterMs: 0...30,
        failurePercent: 4, hangPercent: 2, stallPercent: 50)
    package static let all = [instant, standIn, usual, rough]
}
