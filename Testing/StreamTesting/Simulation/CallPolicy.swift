import Pipelines

/// A way to take turns that is compared with others.
package struct CallPolicy: Sendable {
    package var name: String
    package var about: String
    /// True when the dialogue judges the caller's words.
    package var judgesWords = true
    package var options = TurnOptions()

    package static let adaptive = CallPolicy(
        name: "adaptive", about: "words, what was asked, the caller's pauses; speculation")

    package static let all: [CallPolicy] = [
        adaptive,
        policy("adaptive-early", "speculation as soon as there is a pause") {
            $0.speculateAfterMs = 80
        },
        policy("adaptive-nospec", "the same without speculation") { $0.speculateAfterMs = 0 },
        fixed(200), fixed(400), fixed(700), fixed(1000),
    ]

    package static func fixed(_ ms: Int) -> CallPolicy {
        var policy = CallPolicy(name: "fixed-\(ms)", about: "\(ms) ms of silence end a turn")
        policy.judgesWords = false
        policy.options.endpointing = .fixed
        policy.options.endpointMs = ms
        return policy
    }

    private static func policy(
        _ name: String, _ about: String, _ change: (inout TurnOptions) -> Void
    ) -> CallPolicy {
        var policy = CallPolicy(name: name, about: about)
        change(&policy.options)
        return policy
    }
}
