import Assistants
import Configuration
import Foundation
import Language
import Pipelines
import Realtime
import Store

/// One business's assistant, ready to take calls.
package struct Assistant: Sendable {
    package let block: AssistantBlock
    package let settings: AssistantSettings
    package let dialogue: any DialogueEngine
    /// Indexes that the dialogue looks hospitals up in.
    package let directories: HospitalLibrary
    /// The first words, as the dialogue or the configuration has them.
    package let greeting: String
    /// Puts the records that it begins with into the store and builds its indexes. Blocking.
    package let seed: @Sendable () throws -> Void
    /// What is made beside the listening socket; empty until then.
    package let prepared = PreparedWords()

    package init(
        block: AssistantBlock, settings: AssistantSettings, dialogue: any DialogueEngine,
        directories: HospitalLibrary, greeting: String, seed: @escaping @Sendable () throws -> Void
    ) {
        self.block = block
        self.settings = settings
        self.dialogue = dialogue
        self.directories = directories
        self.greeting = greeting
        self.seed = seed
    }

    /// The greeting's speech, made before the first call; shared by all of them. Nil where it could
    /// not be made: it is then synthesised with the call.
    package var greetingClip: SpeechClip? { prepared.all.withLock { $0.greetingClip } }
    /// Names that its callers are likely to say: what was on the menu at the start.
    package var vocabulary: [String] { prepared.all.withLock { $0.vocabulary } }
}

/// The words that an assistant says and hears, made once for all its calls. Any thread; a short
/// lock, once a call.
package final class PreparedWords: Sendable {
    package struct All: Sendable {
        package var greetingClip: SpeechClip?
        package var vocabulary: [String] = []
    }
    package let all = Locked(All())
}

/// The assistants by the numbers that they answer. Fixed after the start, but for the default one. Any
/// thread; a short lock where nobody is named.
package final class AssistantDirectory: Sendable {
    private let assistants: [String: Assistant]
    private let numbers: [String: NumberBlock]
    private let first: Assistant
    private let defaultID: Locked<String>

    package init(assistants: [Assistant], configuration: Configuration) {
        precondition(!assistants.isEmpty, "the configuration was checked to have an assistant")
        self.assistants = Dictionary(uniqueKeysWithValues: assistants.map { ($0.block.id, $0) })
        numbers = configuration.numbers
        first = assistants[0]
        defaultID = Locked(configuration.defaultAssistant)
    }

    /// Who answers what names nobody.
    private var fallback: Assistant { assistants[defaultID.withLock { $0 }] ?? first }

    /// From now on another assistant answers what names nobody.
    package func setDefault(_ id: String) { defaultID.withLock { $0 = id } }

    /// Who answers a called number that was asked for at a route, and how: the number decides, then
    /// the route, then the assistant.
    package func answering(_ number: String, at route: RouteBlock) -> (
        assistant: Assistant, path: CallPath
    ) {
        let entry = numbers[number]
        let assistant =
            entry.flatMap { assistants[$0.assistant] } ?? assistants[route.assistant] ?? fallback
        return (assistant, entry?.path ?? route.path ?? assistant.block.path)
    }

    /// The assistant that a stream names; the default one for no name; nil for an unknown name.
    package func assistant(named id: String?) -> Assistant? {
        guard let id, !id.isEmpty else { return fallback }
        return assistants[id]
    }

    package var all: [Assistant] { assistants.values.sorted { $0.block.id < $1.block.id } }
}

extension AssistantSettings {
    /// The settings of a block with the files that it names. Blocking.
    package static func reading(_ block: AssistantBlock) throws -> AssistantSettings {
        var settings = AssistantSettings(block)
        if !block.menu.isEmpty {
            settings.restaurant.menu = try DataFile.read(block.menu, as: "a menu", MenuCSV.read)
        }
        if !block.customers.isEmpty {
            settings.desk.customers = try DataFile.read(
                block.customers, as: "a list of customers", CustomerCSV.read)
        }
        if !block.hospitals.isEmpty {
            settings.directory.hospitals = try DataFile.read(
                block.hospitals, as: "a directory", HospitalCSV.read)
        }
        let problems = settings.problems()
        guard problems.isEmpty else {
            throw DaemonError(
                .configuration, "assistant '\(block.id)': \(problems.joined(separator: "; "))")
        }
        return settings
    }

    /// The settings that a block of the configuration describes; what it leaves out is the sample's.
    package init(_ block: AssistantBlock) {
        let zone = TimeZone(identifier: block.timeZone) ?? .gmt
        self = .sampleRestaurant(id: block.id, timeZone: zone)
        name = block.name.isEmpty ? block.id : block.name
        greeting = block.greeting.isEmpty ? nil : block.greeting
        kind = AssistantKind(named: block.kind) ?? .reservations
        restaurant.pickupMinutes = block.pickupMinutes
        restaurant.deliveryMinutes = block.deliveryMinutes
        desk.customerNumberDigits = block.customerNumberDigits
        if !block.services.isEmpty {
            desk.services = block.services.sorted { $0.key < $1.key }.map {
                ServiceType(name: $0.key, words: $0.value)
            }
        }
        voice = block.voice.isEmpty ? nil : block.voice
        language = block.language
        if !block.tables.isEmpty {
            reservations.tables = block.tables.enumerated().map { index, seats in
                DiningTable(name: "Table \(index + 1)", seats: seats)
            }
        }
        reservations.partySizeMax = block.partySizeMax
        reservations.reservationMinutes = block.reservationMinutes
        handOverNumber = block.handOverNumber.isEmpty ? nil : block.handOverNumber
        for (day, hours) in block.hours {
            guard let index = AssistantBlock.weekdays.firstIndex(of: day) else { continue }
            openingHours.weekly[Weekday.mondayFirst[index]] = OpeningHours.Period.day(hours) ?? []
        }
        for (day, hours) in block.specialDays {
            guard let date = LocalDate(day) else { continue }
            openingHours.exceptions[date] = OpeningHours.Period.day(hours) ?? []
        }
        reservations.confirmsBeforeBooking = block.confirmBookings
        replacePrompts(block.prompts)
    }
}

extension Weekday {
    fileprivate static let mondayFirst: [Weekday] = [
        .monday, .tuesday, .wednesday, .thursday, .friday, .saturday, .sunday,
    ]
}
