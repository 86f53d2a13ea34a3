import Foundation
import Language
import Realtime
import Store

/// A restaurant's menu with what is needed to find things on it. Read once in a conversation; shared
/// by reference, because states of a dialogue are copied often.
public final class Menu: Sendable, Equatable {
    public let items: [MenuItem]
    /// In the order of the menu.
    public let categories: [String]
    let names: NameIndex
    let extras: NameIndex
    let extraNames: [String]
    private let sizes: PhraseTable<String>
    /// The same for the same items in the same order, in every process (FNV-1a, 64 bits).
    let revision: UInt64

    public init(_ items: [MenuItem]) {
        self.items = items
        var categories: [String] = []
        for item in items where !categories.contains(item.category) {
            categories.append(item.category)
        }
        self.categories = categories
        let groups = categories.flatMap { category in
            let ids = items.indices.filter { items[$0].category == category }
            return ([category] + (Self.otherGroupNames[category.lowercased()] ?? [])).map {
                (name: $0, ids: ids)
            }
        }
        names = NameIndex(names: items.map { [$0.name] + $0.aliases }, groups: groups)
        var extraNames: [String] = []
        for extra in items.flatMap(\.extras) where !extraNames.contains(extra.name) {
            extraNames.append(extra.name)
        }
        self.extraNames = extraNames
        extras = NameIndex(
            names: extraNames.map { name in
                let bare = name.lowercased().hasPrefix("extra ") ? String(name.dropFirst(6)) : name
                return [name, bare]
            })
        sizes = Self.sizePhrases(items)
        revision = items.reduce(0xcbf2_9ce4_8422_2325) { hash, item in
            (item.name + "\n").utf8.reduce(hash) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        }
    }

    /// The menus that were made last: to make one takes a millisecond, and every message of a
    /// conversation by text asks for one.
    private static let made = Locked<[Menu]>([])
    private static let madeMax = 64

    /// The menu of these items: the one that was made of them before, or a new one. Any thread.
    public static func of(_ items: [MenuItem]) -> Menu {
        if let known = made.withLock({ $0.first { $0.items == items } }) { return known }
        let menu = Menu(items)
        made.withLock { made in
            if made.count == madeMax { made.removeFirst() }
            made.append(menu)
        }
        return menu
    }

    /// A menu is the one that was read, and no other.
    public static func == (left: Menu, right: Menu) -> Bool { left === right }

    private static let otherGroupNames = [
        "starters": ["appetizers"], "appetizers": ["starters"],
        "mains": ["main courses", "entrees", "main dishes"],
        "drinks": ["beverages", "sodas", "soft drinks"], "desserts": ["sweets"],
        "sides": ["side dishes", "side orders"],
    ]

    private static let otherSizeNames = [
        "large": ["big"], "medium": ["regular", "normal"], "small": ["little", "mini"],
    ]

    private static func sizePhrases(_ items: [MenuItem]) -> PhraseTable<String> {
        var phrases: [String: Set<String>] = [:]
        for size in items.flatMap(\.sizes) where !size.name.isEmpty {
            let name = size.name.lowercased()
            let words = NameIndex.words(of: name)
            phrases[name, default: []].insert(words.joined(separator: " "))
            for other in otherSizeNames[name] ?? [] { phrases[name]?.insert(other) }
            if let number = words.first.flatMap({ Int($0) }) {
                let rest = [SaidValues.number(number)] + words.dropFirst()
                phrases[name]?.insert(rest.joined(separator: " "))
            }
        }
        return PhraseTable(phrases.sorted { $0.key < $1.key }.map { ($0.key, $0.value.sorted()) })
    }

    // MARK: - Looking things up

    /// The item of a name, as the menu has it.
    public func item(named name: String) -> MenuItem? { items.first { $0.name == name } }

    /// Names of sizes in an utterance, in lower case.
    func sizes(in utterance: Utterance) -> [Match<String>] {
        sizes.matches(in: Utterance(normalising: utterance))
    }

    /// What a guest may ask for: items of these positions, or all, that have every tag.
    public func items(among ids: [Int]? = nil, tags: [String] = []) -> [MenuItem] {
        (ids ?? Array(items.indices)).map { items[$0] }.filter { item in
            tags.allSatisfy { item.has($0) }
        }
    }

    /// Items that a text names, by sound.
    public func search(_ text: String) -> [MenuItem] {
        var found: [Int] = []
        for hit in names.hits(in: Utterance(text)) {
            for id in hit.ids where !found.contains(id) { found.append(id) }
        }
        return found.map { items[$0] }
    }
}

extension MenuItem {
    /// True when the item may be offered under a dietary label; what is vegan is vegetarian too.
    public func has(_ tag: String) -> Bool {
        if tags.contains(tag) { return true }
        return (tag == "vegetarian" || tag == "dairy-free") && tags.contains("vegan")
    }

    /// The size of a name in any case; the only one where there is but one.
    public func size(named name: String?) -> Priced? {
        if sizes.count == 1 { return sizes.first }
        guard let name else { return nil }
        return sizes.first { $0.name.lowercased() == name.lowercased() }
    }

    /// The extra of a name in any case.
    public func extra(named name: String) -> Priced? {
        extras.first { $0.name.lowercased() == name.lowercased() }
    }

    /// "Caesar Salad $12", "Gelato from $3.50"
    var offer: String {
        guard let least = sizes.map(\.price).min() else { return name }
        return sizes.count == 1 ? "\(name) \(least)" : "\(name) from \(least)"
    }

    /// "small $12.95, medium $14.95 or large $16.95"
    func sizeOffers(conjunction: String) -> String {
        SaidValues.list(
            sizes.map { "\($0.name.lowercased()) \($0.price)" }, conjunction: conjunction)
    }
}

extension Utterance {
    /// The same tokens with each word in the form that names are compared in.
    init(normalising other: Utterance) {
        self.init(
            text: other.text,
            tokens: other.tokens.map { token in
                var token = token
                token.text = NameIndex.normal(token.text)
                return token
            })
    }
}
