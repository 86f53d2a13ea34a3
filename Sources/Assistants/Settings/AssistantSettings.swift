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
    public var language: String
    /// The clock on the business's wall; dates and times are meant by it.
    public var timeZone: TimeZone
    public var openingHours: OpeningHours
    /// Tables put into the store when it has none for this assistant.
    public var tables: [DiningTable]
    /// The largest party that is booked without a person.
    public var partySizeMax: Int
    /// How long a table is kept, in minutes.
    public var reservationMinutes: Int
    /// How long a party of ``largePartySize`` or more keeps its table, in minutes.
    public var largePartyMinutes: Int
    public var largePartySize: Int
    /// The last guests come this long before closing, in minutes.
    public var lastSeatingMinutes: Int
    /// Distance of the starts that are offered when the wanted one is full, in minutes.
    public var slotMinutes: Int
    /// How far ahead a table can be booked, in days.
    public var daysAheadMax: Int
    /// E.164 number of a person; nil when nobody takes over.
    public var handOverNumber: String?
    /// Turns in a row without progress before the conversation is given up.
    public var failuresMax: Int
    /// True when all is read back and a yes awaited before booking.
    public var confirmsBeforeBooking: Bool
    /// True when what was said is kept in the store.
    public var logsTurns: Bool
    /// Wordings that replace the standard ones; see ``PromptKey``.
    public var prompts: [PromptKey: [String]]
    /// Wordings that replace the standard ones of orders; see ``OrderPromptKey``.
    public var orderPrompts: [OrderPromptKey: [String]]
    /// Put into the store when it has no menu for this assistant.
    public var menu: [MenuItem]
    /// How long a pickup and a delivery take, in minutes.
    public var pickupMinutes: Int
    public var deliveryMinutes: Int
    public var desk = ServiceDeskSettings()
    public var directory = DirectorySettings()
    /// True when a caller gets a text message that confirms an order or a reservation.
    public var confirmsBySMS = false

    public init(
        id: String, kind: AssistantKind = .reservations, name: String, greeting: String? = nil,
        voice: String? = nil, language: String = "en",
        timeZone: TimeZone = TimeZone(secondsFromGMT: 0) ?? .current,
        openingHours: OpeningHours = .eveningsAndLunch, tables: [DiningTable] = [],
        partySizeMax: Int = 12, reservationMinutes: Int = 90, largePartyMinutes: Int = 120,
        largePartySize: Int = 6, lastSeatingMinutes: Int = 60, slotMinutes: Int = 30,
        daysAheadMax: Int = 365, handOverNumber: String? = nil, failuresMax: Int = 4,
        confirmsBeforeBooking: Bool = true, logsTurns: Bool = true,
        prompts: [PromptKey: [String]] = [:], orderPrompts: [OrderPromptKey: [String]] = [:],
        menu: [MenuItem] = [], pickupMinutes: Int = 20, deliveryMinutes: Int = 30
    ) {
        self.id = id
        self.kind = kind
        self.name = name
        self.greeting = greeting
        self.voice = voice
        self.language = language
        self.timeZone = timeZone
        self.openingHours = openingHours
        self.tables = tables
        self.partySizeMax = partySizeMax
        self.reservationMinutes = reservationMinutes
        self.largePartyMinutes = largePartyMinutes
        self.largePartySize = largePartySize
        self.lastSeatingMinutes = lastSeatingMinutes
        self.slotMinutes = slotMinutes
        self.daysAheadMax = daysAheadMax
        self.handOverNumber = handOverNumber
        self.failuresMax = failuresMax
        self.confirmsBeforeBooking = confirmsBeforeBooking
        self.logsTurns = logsTurns
        self.prompts = prompts
        self.orderPrompts = orderPrompts
        self.menu = menu
        self.pickupMinutes = pickupMinutes
        self.deliveryMinutes = deliveryMinutes
    }

    /// How long a party keeps its table, in minutes.
    public func minutes(forPartyOf size: Int) -> Int {
        size >= largePartySize ? largePartyMinutes : reservationMinutes
    }

    /// What is wrong with the settings, one sentence each with the remedy; empty when all is well.
    public func problems() -> [String] {
        var found: [String] = []
        if id.isEmpty { found.append("id: is empty; give every assistant a name of its own") }
        if name.isEmpty { found.append("name: is empty; callers are told it") }
        let positive: [(String, Int)] = [
            ("partySizeMax", partySizeMax), ("reservationMinutes", reservationMinutes),
            ("largePartyMinutes", largePartyMinutes), ("largePartySize", largePartySize),
            ("slotMinutes", slotMinutes), ("daysAheadMax", daysAheadMax),
            ("failuresMax", failuresMax), ("pickupMinutes", pickupMinutes),
            ("deliveryMinutes", deliveryMinutes),
        ]
        for (key, value) in positive where value < 1 {
            found.append("\(key): is \(value); it must be 1 or more")
        }
        if lastSeatingMinutes < 0 {
            found.append("lastSeatingMinutes: is \(lastSeatingMinutes); it must be 0 or more")
        }
        for table in tables where table.seats < 1 {
            found.append("tables: \(table.name) has \(table.seats) seats; it needs 1 or more")
        }
        if Set(tables.map(\.name)).count != tables.count {
            found.append("tables: two have the same name; names must differ")
        }
        if Weekday.allCases.allSatisfy({ openingHours.weekly[$0, default: []].isEmpty }) {
            found.append("openingHours: no day is open; nothing could be booked")
        }
        for (key, variants) in prompts where variants.isEmpty {
            found.append("prompts.\(key.rawValue): is empty; give one sentence or leave it out")
        }
        for (key, variants) in orderPrompts where variants.isEmpty {
            found.append("prompts.\(key.rawValue): is empty; give one sentence or leave it out")
        }
        for (key, variants) in desk.prompts where variants.isEmpty {
            found.append("prompts.\(key.rawValue): is empty; give one sentence or leave it out")
        }
        for (key, variants) in directory.prompts where variants.isEmpty {
            found.append("prompts.\(key.rawValue): is empty; give one sentence or leave it out")
        }
        if kind == .serviceDesk, desk.services.isEmpty {
            found.append("services: is empty; name a service with its words, or leave it out")
        }
        return found
    }
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
