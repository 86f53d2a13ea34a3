import Configuration
import Engines
import Foundation
import Pipelines
import Store

/// The businesses that are served, and what they are served with. Any thread.
package struct Business: Sendable {
    /// The configuration in force: what is begun takes it once and goes by it to its end.
    package let live: LiveConfiguration
    package let assistants: AssistantDirectory
    package let speech: Speech
    package let database: Database
    /// What calls remember that are held turn by turn: in this process, or in Redis.
    package let callState: any ExpiringState
    /// The time of day; settable for tests.
    package let now: @Sendable () -> Date

    package init(
        live: LiveConfiguration, assistants: AssistantDirectory, speech: Speech,
        database: Database, callState: any ExpiringState, now: @escaping @Sendable () -> Date
    ) {
        self.live = live
        self.assistants = assistants
        self.speech = speech
        self.database = database
        self.callState = callState
        self.now = now
    }

    package var configuration: Configuration { live.current }
    package var engines: Engines { speech.engines }
}

/// The engines, and what they have said before.
package struct Speech: Sendable {
    package let engines: Engines
    package let cache: SpeechCache

    package init(engines: Engines, cache: SpeechCache) {
        self.engines = engines
        self.cache = cache
    }
}
