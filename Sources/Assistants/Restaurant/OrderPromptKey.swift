/// The sentences of orders and menu questions; those of tables are
/// ``ReservationPromptKey``'s, those of silence and of farewell ``SharedPromptKey``'s. Every one can be replaced by the assistant's `prompts`.
///
/// Words in braces are filled in: `{name}` of the business, `{items}` ("2 Margherita Pizzas"),
/// `{item}`, `{total}`, `{address}`, `{options}`, `{number}`, `{minutes}`, `{pickup}`, `{delivery}`,
/// `{extra}`, `{count}`, `{max}`, `{tags}`, `{when}`.
public enum OrderPromptKey: String, DialoguePrompt, Codable {
    case greeting, askItem, askWhich, askSize, askService, askAddress, askChange
    case added, changed, removed, notInOrder, total, emptyOrder
    case confirmDelivery, confirmPickup
    case placed, orderNumber, ready, duration, alreadyPlaced, priceChanged, noLongerSold, tooMany
    case noSuchSize, noSuchExtra, cannotDrop, closed, opensAgain, notOrdered
    case categories, list, listMore, moreOffer, noMore, price, contents, contentsUnknown
    case hasTag, hasNotTag, isSold, notOnMenu, noneWithTag, noMenu, help, outOfScope, anythingElse
    case whatElse
    case storeFailed, tryAgain

    /// True when it reads back what a yes would do.
    public var isReadBack: Bool {
        switch self {
        case .confirmDelivery, .confirmPickup: true
        default: false
        }
    }

    /// The standard wording.
    public var standard: [String] {
        switch self {
        case .greeting:
            [
                "Welcome to {name}. You can order, ask about the menu, or book a table. "
                    + "What can I do for you?"
            ]
        case .askItem:
            [
                "What would you like to order?", "Which dish would you like?",
                "Please tell me a dish and how many of it.",
            ]
        case .askWhich:
            ["We have {options}. Which would you like?", "Please choose: {options}."]
        case .askSize:
            ["Which size of {item} would you like: {options}?", "Please choose: {options}."]
        case .askService:
            ["Is that for delivery or pickup?", "Shall we deliver it, or will you pick it up?"]
        case .askAddress:
            [
                "What is the delivery address?", "Where shall we deliver it?",
                "Please tell me the house number and the street.",
            ]
        case .askChange: ["What shall I change?", "Please tell me what to add, change or remove."]
        case .added: ["{items}: {total}."]
        case .changed: ["{items}: {total}."]
        case .removed: ["I have taken off {item}."]
        case .notInOrder: ["{item} is not in your order."]
        case .total: ["You have {items}. The total is {total}."]
        case .emptyOrder: ["Nothing is ordered yet."]
        case .confirmDelivery:
            [
                "{items}, for delivery to {address}. The total is {total}. Shall I place the order?",
                "{items} to {address} for {total}. Please say yes or no.",
            ]
        case .confirmPickup:
            [
                "{items}, for pickup. The total is {total}. Shall I place the order?",
                "{items} for pickup, {total}. Please say yes or no.",
            ]
        case .placed: ["Your order is confirmed."]
        case .orderNumber: ["Your order number is {number}."]
        case .ready: ["It will be ready in {minutes} minutes."]
        case .duration:
            ["A pickup is ready in {pickup} minutes, a delivery in {delivery} minutes."]
        case .alreadyPlaced: ["The kitchen has your order already, I cannot change it any more."]
        case .priceChanged: ["Our prices have just changed."]
        case .noLongerSold: ["I am sorry, we have just run out of {item}."]
        case .tooMany: ["I can take up to {max} of one dish."]
        case .noSuchSize: ["{item} comes as {options}."]
        case .noSuchExtra: ["We cannot put {extra} on {item}."]
        case .cannotDrop: ["I cannot take {extra} off {item}."]
        case .closed: ["We are closed right now, so I cannot take an order."]
        case .opensAgain: ["We open again {when}."]
        case .notOrdered: ["All right, I will not order anything."]
        case .categories: ["We have {options}. What would you like to hear more about?"]
        case .list: ["We have {options}."]
        case .listMore: ["There is also {options}."]
        case .moreOffer: ["There are {count} more; just say more."]
        case .noMore: ["That is all."]
        case .price: ["{item} is {options}."]
        case .contents: ["{item}: {options}."]
        case .contentsUnknown: ["I do not know what exactly is in {item}."]
        case .hasTag: ["Yes, {item} is {tags}."]
        case .hasNotTag: ["{item} is not marked as {tags}."]
        case .isSold: ["Yes, we have {options}."]
        case .notOnMenu: ["I am afraid that is not on our menu."]
        case .noneWithTag: ["I am afraid we have nothing there that is {tags}."]
        case .noMenu: ["I am sorry, I do not have our menu here."]
        case .help:
            ["I take orders for delivery or pickup, tell you what is on the menu, and book tables."]
        case .outOfScope: ["I am afraid I can only take orders and book tables."]
        case .anythingElse: ["Is there anything else?", "Can I do anything else for you?"]
        case .whatElse: ["What else can I do for you?"]
        case .storeFailed: ["I am sorry, I cannot reach our order book right now."]
        case .tryAgain: ["Shall I try once more?"]
        }
    }
}
