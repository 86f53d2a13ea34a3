import Foundation
import Language
import Pipelines
import Store

/// One assistant, as data: who it is and the rules of its business.
public struct AssistantSettings: Sendable {
    /// Names the assistant in the configuration and in every record.
    public var id: String
    public var kind: AssistantKind
    /// The business's name as it is spoken.
    public var name: String
    /// Said first; nil for the standard greeting with the name.
    public var greeting: String?
    /// A voice of the text-to-speech engine; nil for its default.
    public var voice: String?
    public var language = "en"
    /// The clock on the business's wall; dates and times are meant by it.
    public var timeZone: TimeZone
    public var openingHours: OpeningHours
    /// E.164 number of a person; nil when nobody takes over.
    public var handOverNumber: String?
    /// Turns in a row without progress before the conversation is given up.
    public var failuresMax = 4
    /// True when what was said is kept in the store.
    public var logsTurns = true
    /// Wordings that replace the standard ones.
    public var prompts = OwnWordings()
    /// True when a caller gets a text message that confirms what was done.
    public var confirmsBySMS = false
    /// By their types.
    private var ofKinds: [ObjectIdentifier: any KindSettings] = [:]

    public init(
        id: String, kind: AssistantKind = .reservations, name: String,
        timeZone: TimeZone = TimeZone(secondsFromGMT: 0) ?? .current,
        openingHours: OpeningHours = .eveningsAndLunch
    ) {
        self.id = id
        self.kind = kind
        self.name = name
        self.timeZone = timeZone
        self.openingHours = openingHours
    }

    /// The settings that only one kind of assistant has.
    public subscript<Own: KindSettings>(_ type: Own.Type) -> Own {
        get { ofKinds[ObjectIdentifier(type)] as? Own ?? Own() }
        set { ofKinds[ObjectIdentifier(type)] = newValue }
    }

    /// What is wrong with the settings, one sentence each with the remedy; empty when all is well.
    public func problems() -> [String] {
        var found: [String] = []
        if id.isEmpty { found.append("id: is empty; give every assistant a name of its own") }
        if name.isEmpty { found.append("name: is empty; callers are told it") }
        if failuresMax < 1 { found.append("failuresMax: is \(failuresMax); it must be 1 or more") }
        if Weekday.allCases.allSatisfy({ openingHours.weekly[$0, default: []].isEmpty }) {
            found.append("openingHours: no day is open; nothing could be booked")
        }
        for name in prompts.empty {
            found.append("prompts.\(name): is empty; give one sentence or leave it out")
        }
        return found + kind.definition.problems(self)
    }
}

/// The settings that only one kind of assistant has: a value in the kind's folder, which begins with
/// what holds where nothing is configured. ``AssistantSettings`` keeps it by its type.
public protocol KindSettings: Sendable {
    init()
}

extension AssistantSettings {
    /// Where the confirmation of something that is done in a call goes; nil where none is sent. In a
    /// conversation by text the answer itself confirms.
    func confirmation(of call: CallInfo) -> ConfirmationRoute? {
        guard confirmsBySMS, call.channel == .voice, let recipient = call.callbackNumber,
            let sender = TelephoneNumber.callback(call.to)
        else { return nil }
        return ConfirmationRoute(recipient: recipient, sender: sender)
    }

    /// The first words of a scripted conversation.
    public var spokenGreeting: String {
        kind.definition.greeting(self)
    }
}

extension OpeningHours {
    /// Closed on Mondays; 17:00–22:00 otherwise, from 12:00 at the weekend.
    public static var eveningsAndLunch: OpeningHours {
        let evening = Period(
            opens: LocalTime(wrappingMinutes: 17 * 60), closes: LocalTime(wrappingMinutes: 22 * 60))
        let day = Period(
            opens: LocalTime(wrappingMinutes: 12 * 60), closes: LocalTime(wrappingMinutes: 22 * 60))
        return OpeningHours(weekly: [
            .tuesday: [evening], .wednesday: [evening], .thursday: [evening], .friday: [evening],
            .saturday: [day], .sunday: [day],
        ])
    }
}
