import Assistants
import Foundation
import Language
import Store
import Testing

/// The repository's folder.
let repository = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

/// The menu that is shipped.
func sampleMenu() throws -> [MenuItem] {
    let path = repository.appending(path: "samples/menus/bella-napoli.csv")
    return try MenuCSV.read(try String(contentsOf: path, encoding: .utf8)).get()
}

/// Dishes as a recogniser writes them down.
@Suite struct MenuMatchingTests {
    private struct Heard {
        var voice: String
        var item: String
        var text: String
    }

    private func heard() throws -> [Heard] {
        let path = repository.appending(path: "Tests/Fixtures/menu-heard.csv")
        return try CSVReader.records(of: try String(contentsOf: path, encoding: .utf8))
            .dropFirst().map { Heard(voice: $0.fields[0], item: $0.fields[1], text: $0.fields[3]) }
    }

    /// What Whisper's smallest model made of synthetic callers (scripts/make-menu-mishearings). Of
    /// espeak's it understands little, and what is not in the words cannot be found.
    @Test func spokenDishesAreFound() throws {
        let menu = Menu(try sampleMenu())
        let heard = try heard()
        for (voices, floor) in [(["rms", "slt"], 0.85), (["en-us"], 0.3)] {
            let said = heard.filter { voices.contains($0.voice) }
            #expect(said.count >= 50)
            var missed: [String] = []
            var wrong: [String] = []
            for one in said {
                let found = menu.search(one.text).map(\.name)
                if !found.contains(one.item) { missed.append("\(one.item): \(one.text)") }
                if !found.isEmpty, !found.contains(one.item) {
                    wrong.append("\(one.item): \(one.text) → \(found)")
                }
            }
            let share = 1 - Double(missed.count) / Double(said.count)
            print("\(voices): \(said.count - missed.count) of \(said.count) dishes found")
            #expect(share >= floor, "\(missed.joined(separator: "\n"))")
            #expect(wrong.count * 8 <= said.count, "\(wrong.joined(separator: "\n"))")
        }
    }

    @Test func everyNameIsFoundAsItIsWritten() throws {
        let items = try sampleMenu()
        let menu = Menu(items)
        for item in items {
            for name in [item.name] + item.aliases {
                #expect(menu.search("I would like the \(name), please").contains(item), "\(name)")
            }
            #expect(menu.search(item.name.uppercased()) == [item])
        }
    }

    @Test(arguments: [
        "I live at the corner, please hurry", "yes that is right thank you", "no", "",
        "could you repeat that please", "my name is John Miller", "what time do you close",
        "deliver it to 123 Oak Street", "seven thirty tomorrow", "is there anything else",
        "that will be all for today", "how long will it take",
    ])
    func everydayTalkNamesNoDish(text: String) throws {
        #expect(Menu(try sampleMenu()).search(text).map(\.name) == [])
    }

    @Test(arguments: [
        ("margherita", "margarita", 0.9), ("calamari", "kalamari", 0.99),
        ("gnocchi", "nyoki", 0.6), ("ravioli", "rivioli", 0.9), ("scampi", "skampy", 0.9),
    ])
    func soundsAlike(left: String, right: String, floor: Double) {
        #expect(SoundKey(left).similarity(to: SoundKey(right)) >= floor)
    }

    @Test func soundsDiffer() {
        #expect(SoundKey("lasagna").similarity(to: SoundKey("risotto")) < 0.5)
        #expect(SoundKey("coke").similarity(to: SoundKey("cake")) < 1)
        #expect(SoundKey("").similarity(to: SoundKey("")) == 1)
        #expect(SoundKey("jalapeño") == SoundKey("jalapeno"))
    }
}
