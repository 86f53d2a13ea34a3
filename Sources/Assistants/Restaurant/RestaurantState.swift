import Pipelines
import Store

/// Everything the restaurant's dialogue remembers of one conversation.
public struct RestaurantState: ScriptedState, Equatable, Codable {
    /// The topic of the conversation.
    public enum Topic: Sendable, Equatable, Codable { case order, reservation }

    /// A line that is being ordered; names are the menu's.
    struct Line: Sendable, Equatable, Codable {
        var item: String
        /// Nil until it is known, where there are several.
        var size: String?
        var extras: [String]
        var quantity: Int
    }

    enum Stage: Sendable, Equatable, Codable {
        /// Nothing is under way, or parts of an order are missing.
        case collecting
        /// One of several items is meant.
        case choosing(ItemMention)
        /// The line of this position needs a size.
        case sizing(Int)
        case confirming
        case changing
        /// The store failed, it was asked whether to try again.
        case retrying
        /// It was asked whether there is anything else.
        case done
    }

    /// What the kitchen has.
    struct Placed: Sendable, Equatable, Codable {
        var number: Int
        var minutes: Int
    }

    public var topic = Topic.order
    var reservation = ReservationState()
    /// Nil until the first thing is said.
    var menu: Menu?
    /// Of the menu that positions in the state are of.
    var menuRevision: UInt64?
    /// What was said while the menu was being read.
    var heldInput: CallerInput?

    var stage = Stage.collecting
    var lines: [Line] = []
    var service: OrderService?
    var address: String?
    /// Mentions that wait until the one before them is clear.
    var waitingMentions: [ItemMention] = []
    /// The line that "it" means.
    var lastLine: Int?
    /// The rest of a list that was begun, as it is said.
    var moreOffers: [String] = []
    var placed: Placed?
    /// False until the caller has heard the order number.
    var isNumberHeard = true
    /// What is being waited for.
    var waiting: RestaurantCall?

    var question = OrderPromptKey.askItem
    var askCounts: [OrderPromptKey: Int] = [:]
    var lastReply: [String] = []
    var hasProgressed = false
    var failures = 0
    var storeFailures = 0

    public init() {}

    /// The members that a conversation keeps between its messages: the menu is read again.
    private enum CodingKeys: CodingKey {
        case topic, reservation, menuRevision, stage, lines, service, address, waitingMentions
        case lastLine, moreOffers, placed, isNumberHeard, question, askCounts, lastReply
        case hasProgressed, failures, storeFailures
    }

    /// Takes the menu, which may be another one than when the conversation was left.
    mutating func take(_ menu: Menu) {
        self.menu = menu
        defer { menuRevision = menu.revision }
        guard let menuRevision, menuRevision != menu.revision else { return }
        // Positions mean other dishes now; lines are by name, and are priced anew.
        waitingMentions = []
        if case .choosing = stage { stage = .collecting }
    }

    var expectation: OrderExpectation {
        switch stage {
        case .choosing(let mention): .item(mention.ids)
        case .sizing: .size
        case .confirming, .retrying: .yesNo
        case .changing: .change
        case .done: .anything
        case .collecting:
            switch question {
            case .askService: .service
            case .askAddress: .address
            default: .anything
            }
        }
    }

    /// True when the reservation dialogue has a question open.
    var isReserving: Bool { topic == .reservation && reservation.stage != .done }

    mutating func clearOrder() {
        lines = []
        service = nil
        address = nil
        waitingMentions = []
        lastLine = nil
        stage = .collecting
    }
}

/// A tool call of the restaurant's dialogue.
public enum RestaurantCall: ScriptedToolCall {
    /// Reads the menu, once in a conversation.
    case menu
    case place(PlaceOrder.Arguments)
    case reservation(ReservationCall)

    public var isReadOnly: Bool {
        switch self {
        case .menu: true
        case .place: PlaceOrder.declaration.effect == .readOnly
        case .reservation(let call): call.isReadOnly
        }
    }

    public func effectName(in context: ToolContext) -> String? {
        switch self {
        case .menu: nil
        case .place(let arguments): context.effectName(PlaceOrder.self, arguments)
        case .reservation(let call): call.effectName(in: context)
        }
    }

    public func action(answered answer: RestaurantAnswer) -> DialogueAction? {
        switch (self, answer) {
        case (.place(let arguments), .order(let order)):
            PreparedTool(PlaceOrder.self, arguments).action(order)
        case (.reservation(let call), .reservation(let answer)): call.action(answered: answer)
        default: nil
        }
    }

    public func run(in context: ToolContext, completion: @escaping ToolCompletion<RestaurantAnswer>)
    {
        switch self {
        case .menu:
            context.store.menu(assistantID: context.rules.settings.id) { result in
                completion(result.mapError(ToolError.store).map { .menu(Menu.of($0)) })
            }
        case .place(let arguments):
            PlaceOrder.run(arguments, in: context) { completion($0.map(RestaurantAnswer.order)) }
        case .reservation(let call):
            call.run(in: context) { completion($0.map(RestaurantAnswer.reservation)) }
        }
    }
}

/// The answer of a tool.
public enum RestaurantAnswer: Sendable, Equatable {
    case menu(Menu)
    case order(OrderAnswer)
    case reservation(ReservationAnswer)
}
