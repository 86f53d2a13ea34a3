/// The sentences of the service desk; those of silence and of farewell are ``SharedPromptKey``'s. Every one
/// can be replaced by the desk's `prompts`.
///
/// Words in braces are filled in: `{name}` of the business, `{customer}`, `{number}` (of the customer
/// or the task, digit by digit), `{digits}` (what was said), `{phone}`, `{service}`, `{services}`,
/// `{problem}`, `{location}`, `{urgency}`, `{count}`.
public enum ServicePromptKey: String, DialoguePrompt, Codable {
    case greeting
    case askNumber, askPhoneInstead, wrongLength, notFound, callerUnknown, hello, somebodyElse
    case askCustomerName, askPhone, noCallersNumber, confirmRecord, askRecordChange, entered
    case askProblem, askSummary, askService, askLocation, askUrgency, askLocationAndUrgency
    case confirm, askChange, created, taskNumber, alreadyCreated, notCreated
    case help, outOfScope, anythingElse, storeFailed, tryAgain

    /// True when it reads back what a yes would do.
    public var isReadBack: Bool {
        switch self {
        case .confirm, .confirmRecord: true
        default: false
        }
    }

    /// The standard wording.
    public var standard: [String] {
        switch self {
        case .greeting:
            [
                "Welcome to {name}. Please tell me your customer number, or key it in. "
                    + "If you are new here, just say so."
            ]
        case .askNumber:
            [
                "What is your customer number?",
                "Please tell me your customer number, digit by digit, or key it in.",
                "Please key your customer number in, or say that you have none.",
            ]
        case .askPhoneInstead:
            [
                "Then please tell me the telephone number that we know you by, or say that you are "
                    + "new."
            ]
        case .wrongLength: ["I understood {digits}. Our customer numbers have {count} digits."]
        case .notFound:
            [
                "I do not find the customer number {digits}. Shall I make a new record for you?",
                "I have no customer {digits}. Please say yes for a new record, or tell me your "
                    + "number again.",
            ]
        case .callerUnknown:
            [
                "I do not know the number that you are calling from. Shall I make a new record for "
                    + "you?", "Please say yes for a new record, or tell me your customer number.",
            ]
        case .hello: ["Hello {customer}."]
        case .somebodyElse: ["I am sorry."]
        case .askCustomerName:
            ["What is your name?", "Under what name shall I put you down?"]
        case .askPhone:
            [
                "At what telephone number can we reach you?",
                "Please tell me your telephone number, or say: the number I am calling from.",
            ]
        case .noCallersNumber: ["I do not see the number that you are calling from."]
        case .confirmRecord:
            [
                "That is {customer}, {phone}. Is that right?",
                "{customer}, {phone}. Please say yes or no.",
            ]
        case .askRecordChange:
            ["Please tell me the name or the telephone number again."]
        case .entered: ["Thank you, {customer}. Your customer number is {number}."]
        case .askProblem:
            [
                "What can I do for you?", "Please tell me what is wrong, and where.",
                "You can say, for example: the heating in the kitchen is broken, it is urgent.",
            ]
        case .askSummary: ["What exactly is wrong?", "Please describe what is to be done."]
        case .askService:
            ["What kind of work is it?", "Which of these is it: {services}?"]
        case .askLocation:
            ["Where is it?", "In which room or on which floor is it?", "At what place is it?"]
        case .askUrgency:
            [
                "How urgent is it?",
                "Please say whether it is urgent, normal, or can wait.",
            ]
        case .askLocationAndUrgency:
            [
                "Where is it, and how urgent is it?",
                "Please tell me the room, and whether it is urgent.",
            ]
        case .confirm:
            [
                "I have noted, for {service}: {problem}. The place is {location}, and it is "
                    + "{urgency}. Shall I create the order?",
                "{service}: {problem}, {location}, {urgency}. Please say yes or no.",
            ]
        case .askChange:
            [
                "What shall I change?",
                "Please tell me what is wrong: the problem, the place or the urgency.",
            ]
        case .created: ["Your order is created."]
        case .taskNumber: ["Your task number is {number}."]
        case .alreadyCreated:
            ["That order is with our people already, I cannot change it any more."]
        case .notCreated: ["All right, I will not create an order."]
        case .help: ["I take down what is to be repaired, and pass it on to our people."]
        case .outOfScope: ["I am afraid I can only take orders for repairs and service."]
        case .anythingElse: ["Is there anything else?", "Can I do anything else for you?"]
        case .storeFailed: ["I am sorry, I cannot reach our records right now."]
        case .tryAgain: ["Shall I try once more?"]
        }
    }
}
