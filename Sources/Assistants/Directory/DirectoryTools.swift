import Language
import Store

/// An entry of the directory, as a tool tells it.
public struct FoundHospital: Codable, Sendable, Equatable {
    public var name: String
    public var address: String
    public var city: String

    init(_ id: Int, _ index: HospitalIndex) {
        name = index.hospitals[id].name
        address = index.hospitals[id].address
        city = index.cities[index.cityOf[id]].name
    }
}

/// A tool's findings on a city or a name.
public struct DirectoryFindings: Codable, Sendable, Equatable {
    /// `found`, `in_network`, `several` (which one is meant?), `unsure` (ask back), `not_found`.
    public var status: String
    /// How many there are in all.
    public var total: Int
    public var hospitals: [FoundHospital]

    fileprivate static let none = DirectoryFindings(status: "not_found", total: 0, hospitals: [])
}

/// The hospitals of a city, some at a time.
public enum ListHospitals: Tool {
    public struct Arguments: Codable, Sendable, Equatable {
        public var city: String
        /// How many were named before.
        public var offset: Int?
    }

    static let countMax = 3

    public static let declaration = ToolDeclaration(
        name: "list_hospitals",
        summary: "Names three hospitals of the network in a city, and how many there are in all.",
        effect: .readOnly,
        parameters: [
            ToolParameter("city", .string(pattern: nil), "The city, as it was said."),
            ToolParameter(
                "offset", .integer(0...100_000), "How many of them were named before.",
                isRequired: false),
        ])

    public static func run(
        _ arguments: Arguments, in context: ToolContext,
        completion: @escaping ToolCompletion<DirectoryFindings>
    ) {
        context.directories.index(
            assistantID: context.rules.settings.id, store: context.store
        ) { result in
            completion(
                result.map { index in
                    guard let city = index.city(named: arguments.city) else { return .none }
                    let ids = index.cities[city].ids
                    let rest = ids.dropFirst(max(0, arguments.offset ?? 0)).prefix(countMax)
                    return DirectoryFindings(
                        status: "found", total: ids.count,
                        hospitals: rest.map { FoundHospital($0, index) })
                })
        }
    }
}

/// Whether a hospital is in the network.
public enum CheckHospital: Tool {
    public struct Arguments: Codable, Sendable, Equatable {
        public var name: String
        public var city: String?
    }

    public static let declaration = ToolDeclaration(
        name: "check_hospital",
        summary:
            "Tells whether a hospital is in the network; names are found by sound. Where several "
            + "fit, ask which is meant.",
        effect: .readOnly,
        parameters: [
            ToolParameter("name", .string(pattern: nil), "The hospital, as it was said."),
            ToolParameter(
                "city", .string(pattern: nil), "Its city, where one was said.", isRequired: false),
        ])

    public static func run(
        _ arguments: Arguments, in context: ToolContext,
        completion: @escaping ToolCompletion<DirectoryFindings>
    ) {
        context.directories.index(
            assistantID: context.rules.settings.id, store: context.store
        ) { result in completion(result.map { findings(arguments, $0) }) }
    }

    private static func findings(_ arguments: Arguments, _ index: HospitalIndex)
        -> DirectoryFindings
    {
        var place = HospitalIndex.Place.anywhere
        if let city = arguments.city, !city.isEmpty {
            guard let known = index.city(named: city) else { return .none }
            place = .city(known)
        }
        let words = Utterance(arguments.name).tokens.map(\.text)
        let (status, ids): (String, [Int]) =
            switch DirectoryAnswer(of: words, phrase: words, in: place, index) {
            case .unlikely: ("not_found", [])
            case .doubtful(let ids): ("unsure", ids)
            case .sure(let ids): (ids.count == 1 ? "in_network" : "several", ids)
            }
        return DirectoryFindings(
            status: status, total: ids.count,
            hospitals: ids.prefix(5).map { FoundHospital($0, index) })
    }
}

extension HospitalIndex {
    /// The city of a name to the letter or by its sound.
    fileprivate func city(named text: String) -> Int? {
        let utterance = Utterance(text)
        if let named = cities(in: utterance).first { return named.value }
        let similarities = similarities(toCity: utterance.tokens.map(\.text), atLeast: 0.72)
        guard let best = similarities.indices.max(by: { similarities[$0] < similarities[$1] }),
            similarities[best] > 0
        else { return nil }
        return best
    }
}
