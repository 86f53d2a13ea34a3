import Language
import Store

/// The question that was asked last in an order, and so what a short answer means.
enum OrderExpectation: Sendable, Equatable {
    /// Anything: an order, a question, a table.
    case anything
    /// One of some items; positions on the menu.
    case item([Int])
    case size
    case service
    case address
    case yesNo
    /// What is to be changed.
    case change
}

/// An item that was named, with what was said of it.
struct ItemMention: Sendable, Equatable, Codable {
    enum Role: Sendable, Equatable, Codable { case wanted, removed }

    /// What may be meant; positions on the menu.
    var ids: [Int]
    /// Understood nearly to the letter.
    var isSure = true
    var quantity: Int?
    /// In lower case.
    var size: String?
    var extras: [String] = []
    var droppedExtras: [String] = []
    var role = Role.wanted
    var range: Range<Int>
}

/// A question about the menu.
enum MenuQuestion: Sendable, Equatable {
    /// What there is at all.
    case overview
    /// Items of these positions (nil: all) that have every tag.
    case list(ids: [Int]?, tags: [String])
    case price([Int])
    case contents([Int])
    /// Whether the items have the tags, or are sold at all where none is named.
    case check(ids: [Int], tags: [String])
    /// The rest of a list.
    case more
    /// Something was asked for that is not on the menu.
    case unknown
}

/// Everything the order dialogue takes from one utterance.
struct OrderUnderstanding: ScriptedUnderstanding, Sendable, Equatable {
    /// As it was said.
    var text = ""
    var mentions: [ItemMention] = []
    var question: MenuQuestion?
    var service: OrderService?
    var address: String?
    /// A size, a number or extras that belong to no item that was named.
    var size: String?
    var number: Int?
    var extras: [String] = []
    var droppedExtras: [String] = []
    /// "make that three", "change it to large": what is there is changed, nothing is added.
    var changes = false
    /// "make it …", "… instead": what is named takes the place of what was ordered last.
    var replaces = false
    /// "another", "add": what is named comes on top.
    var adds = false
    /// "remove that", "take the last one off"
    var removesLast = false
    var answer: HeardAnswer?
    var commands: [HeardCommand] = []
    var weakCommands: [HeardCommand] = []
    var choice: HeardChoice?
    /// "I'd like to order", and no more.
    var wantsToOrder = false
    var wantsTable = false
    /// "the table", and nothing to eat: means a reservation where nothing is being ordered.
    var namesTable = false
    var asksHours = false
    var asksTotal = false
    /// "How long does it take?"
    var asksDuration = false
    var isQuestion = false
    var isEmpty = false

    /// True when an order is given or changed by these words.
    var isOrdering: Bool {
        question == nil
            && (!mentions.isEmpty || service != nil || address != nil || wantsToOrder
                || removesLast)
    }

    func isMeant(_ command: HeardCommand) -> Bool {
        switch command {
        case .person, .startOver: true
        default: mentions.isEmpty && question == nil
        }
    }

    /// What is beyond so many words is not looked at: nobody orders in so many, and looking costs.
    private static let wordsMax = 150

    static func read(_ text: String, menu: Menu, expecting expectation: OrderExpectation)
        -> OrderUnderstanding
    {
        var utterance = Utterance(text)
        if utterance.count > wordsMax {
            utterance = Utterance(text: text, tokens: Array(utterance.tokens.prefix(wordsMax)))
        }
        var reader = OrderReader(utterance: utterance, menu: menu, expectation: expectation)
        var said = reader.read()
        said.text = text
        return said
    }
}
