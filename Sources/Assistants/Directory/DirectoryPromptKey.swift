/// The sentences of the directory; those of silence and of farewell are ``SharedPromptKey``'s. Every one
/// can be replaced by the directory's `prompts`.
///
/// Words in braces are filled in: `{name}` of the business, `{city}`, `{cities}`, `{hospital}`,
/// `{place}` ("Manipal Hospital, 98 Airport Road"), `{options}`, `{count}`.
public enum DirectoryPromptKey: String, DialoguePrompt, Codable {
    case greeting, ask, askCity, askWhich
    case listed, listedMore, moreOffer, oneMoreOffer, noMore, counted, unknownCity
    case inNetwork, severalInNetwork, inCities, notInNetwork, elsewhere, didYouMean
    case address, addressUnknown, empty
    case help, outOfScope, anythingElse, storeFailed, tryAgain

    /// Nothing here has an effect.
    public var isReadBack: Bool { false }

    /// The standard wording.
    public var standard: [String] {
        switch self {
        case .greeting:
            [
                "Hello, this is {name}. I can name the hospitals of our network in a city, or tell you "
                    + "whether a hospital is in it. What would you like to know?"
            ]
        case .ask:
            [
                "Which hospital or city would you like to know about?",
                "Please name a city, or a hospital and its city.",
                "You can say, for example: hospitals in Mumbai.",
            ]
        case .askCity: ["In which city?", "Please tell me the city."]
        case .askWhich:
            ["Which one do you mean?", "Please say the first, the second, or its name."]
        case .listed: ["In {city} we have {options}."]
        case .listedMore: ["There is also {options}."]
        case .moreOffer: ["There are {count} more. Shall I go on?"]
        case .oneMoreOffer: ["There is one more. Shall I go on?"]
        case .noMore: ["That is all."]
        case .counted: ["We have {count} hospitals in {city}."]
        case .unknownCity: ["I find no hospital of our network in {city}."]
        case .inNetwork: ["Yes, {hospital} in {city} is in our network."]
        case .severalInNetwork: ["Yes, {hospital} in {city} is in our network: {options}."]
        case .inCities: ["Yes, {hospital} is in our network in {cities}."]
        case .notInNetwork: ["I do not find {hospital} in our network."]
        case .elsewhere: ["I do not find {hospital} in {city}, but we have it in {cities}."]
        case .didYouMean: ["Do you mean {options}?"]
        case .address: ["The address is {place}."]
        case .addressUnknown: ["I do not have the address of {hospital}."]
        case .empty: ["I am sorry, I do not have our directory here."]
        case .help:
            [
                "I can name the hospitals of our network in a city, and tell you whether a hospital is "
                    + "in it."
            ]
        case .outOfScope:
            [
                "I am afraid I cannot help with that. I can tell you which hospitals are in our "
                    + "network, by city or by name."
            ]
        case .anythingElse: ["Is there anything else?", "Can I look anything else up for you?"]
        case .storeFailed: ["I am sorry, I cannot reach our directory right now."]
        case .tryAgain: ["Shall I try once more?"]
        }
    }
}
