/// Prices in words: "$12.50" as "12 dollars and 50 cents".
package enum SaidPrice {
    private struct Currency {
        var one: String
        var many: String
        var part: String
        var parts: String
    }

    private static let currencies: [Character: Currency] = [
        "$": Currency(one: "dollar", many: "dollars", part: "cent", parts: "cents"),
        "€": Currency(one: "euro", many: "euros", part: "cent", parts: "cents"),
        "£": Currency(one: "pound", many: "pounds", part: "penny", parts: "pence"),
    ]
    private static let names: [String: Character] = [
        "dollars": "$", "dollar": "$", "usd": "$", "euros": "€", "euro": "€", "eur": "€",
        "pounds": "£", "gbp": "£",
    ]

    /// The price that a word is, or that it and the next are ("12.50 dollars").
    package static func read(
        _ core: Substring, followedBy next: SpokenWord?
    ) -> (words: Int, text: String)? {
        if let sign = core.first, let currency = currencies[sign] {
            return words(core.dropFirst(), currency).map { (1, $0) }
        }
        if let sign = core.last, let currency = currencies[sign] {
            return words(core.dropLast(), currency).map { (1, $0) }
        }
        guard core.contains("."), let next, next.lead.isEmpty,
            let sign = names[next.core.lowercased()], let currency = currencies[sign]
        else { return nil }
        return words(core, currency).map { (2, $0) }
    }

    private static func words(_ amount: Substring, _ currency: Currency) -> String? {
        let halves = amount.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(halves.count), let whole = halves.first,
            whole.first?.isNumber == true,
            whole.allSatisfy({ $0.isASCII && $0.isNumber || $0 == "," })
        else { return nil }
        var cents = 0
        if halves.count == 2 {
            guard (1...2).contains(halves[1].count), let value = Int(halves[1]), value >= 0 else {
                return nil
            }
            cents = halves[1].count == 1 ? value * 10 : value
        }
        let isNothing = whole.allSatisfy { $0 == "0" }
        let part = "\(cents) \(cents == 1 ? currency.part : currency.parts)"
        if isNothing, cents > 0 { return part }
        let main = "\(whole) \(whole == "1" ? currency.one : currency.many)"
        return cents > 0 ? "\(main) and \(part)" : main
    }
}
