/// The sentences of the reservation dialogue; those of trouble and of farewell are ``SharedPromptKey``'s.
/// Every one can be replaced by `prompts` of the assistant; several variants are used in turn when the
/// same thing has to be asked again.
///
/// Words in braces are filled in: `{name}` of the business, `{guest}`, `{party}` ("four people"),
/// `{when}` ("Friday the 27th of November at 7 PM"), `{day}`, `{time}`, `{number}`, `{hours}`,
/// `{options}`, `{max}`.
public enum ReservationPromptKey: String, DialoguePrompt, Codable {
    case greeting
    case askAll, askParty, askDate, askTime, askPartyAndDate, askPartyAndTime, askDateAndTime
    case askName, askAlternative, askOtherTime, confirm, confirmChange, askChange, confirmCancel
    case help, outOfScope
    case closedAtTime, past, tooLarge, tooFarAhead, noSuchDay, weekdayDiffers
    case full, fullNoAlternative, justTaken
    case booked, changed, unchanged, cancelledBooking, cancelled
    case anythingElse, whatElse, yourNumber, storeFailed, tryAgain

    /// True when it reads back what a yes would do.
    public var isReadBack: Bool {
        switch self {
        case .confirm, .confirmChange: true
        default: false
        }
    }

    /// The standard wording.
    public var standard: [String] {
        switch self {
        case .greeting:
            ["Welcome to {name}. I can book a table for you. For how many people, and when?"]
        case .askAll:
            [
                "For how many people, and when?",
                "Please tell me how many you are, and the day and time.",
                "You can say, for example: four people, Friday at 7 PM.",
            ]
        case .askParty:
            [
                "For how many people?", "How many will you be?",
                "Please tell me just the number of people, for example: four.",
            ]
        case .askDate:
            [
                "For which day?", "On which day would you like to come?",
                "Please tell me the day, for example: tomorrow, or Friday.",
            ]
        case .askTime:
            [
                "At what time?", "What time would you like to come?",
                "Please tell me the time, for example: 7 PM.",
            ]
        case .askPartyAndDate:
            [
                "For how many people, and on which day?",
                "Please tell me how many you are, and the day.",
            ]
        case .askPartyAndTime:
            [
                "For how many people, and at what time?",
                "Please tell me how many you are, and the time.",
            ]
        case .askDateAndTime:
            [
                "For which day and time?", "When would you like to come?",
                "Please tell me the day and the time, for example: Friday at 7 PM.",
            ]
        case .askName:
            [
                "What name shall I put it under?", "Under what name, please?",
                "Please tell me just your last name.",
            ]
        case .askAlternative:
            ["Which would you like?", "Please say one of these times, or another."]
        case .askOtherTime: ["Which other day or time would suit you?"]
        case .confirm:
            [
                "That is a table for {party}, {when}, under {guest}. Is that right?",
                "{party}, {when}, under {guest}. Please say yes or no.",
            ]
        case .confirmChange:
            [
                "I will change it to {party}, {when}, under {guest}. Is that right?",
                "Change it to {party}, {when}, under {guest}? Please say yes or no.",
            ]
        case .confirmCancel:
            ["Shall I cancel your booking?", "Shall I cancel it? Please say yes or no."]
        case .askChange: ["What shall I change?", "Please tell me what to change."]
        case .help: ["I book tables at {name}."]
        case .outOfScope: ["I am afraid I can only book tables."]
        case .closedAtTime: ["{day} we take guests {hours}."]
        case .past: ["{when} has already gone by."]
        case .tooLarge: ["I can book for up to {max} people."]
        case .tooFarAhead: ["I can only book up to {max} days ahead."]
        case .noSuchDay: ["I do not find a {day} in the calendar."]
        case .weekdayDiffers: ["{day} is a {weekday}."]
        case .full: ["I am sorry, {when} is full. I could offer {options}."]
        case .fullNoAlternative: ["I am sorry, we are full for {party} {when}."]
        case .justTaken:
            ["I am sorry, the last table has just been taken. I could offer {options}."]
        case .booked: ["Your table for {party} is booked for {when}, under {guest}."]
        case .changed: ["I have changed it: {party}, {when}, under {guest}."]
        case .unchanged: ["All right, your booking stays as it is."]
        case .cancelledBooking: ["Your booking is cancelled."]
        case .cancelled: ["All right, I will not book anything."]
        case .anythingElse: ["Is there anything else?", "Can I do anything else for you?"]
        case .whatElse: ["What else can I do for you?"]
        case .yourNumber: ["Your confirmation number is {number}."]
        case .storeFailed: ["I am sorry, I cannot reach the reservation book right now."]
        case .tryAgain: ["Shall I try once more?"]
        }
    }
}
