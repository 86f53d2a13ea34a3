import Foundation
import Store
import Testing

/// Files that are taken in and given out.
@Suite struct DataFileTests {
    @Test func whatIsWrittenIsReadAgain() throws {
        let hospitals = [
            Hospital(
                name: "Lotus, \"the\" Clinic", address: "1 Main Road,\nFloor 2", city: "Pune",
                aliases: ["L", "Padma"]), Hospital(name: "Neem", city: "Agra"),
        ]
        #expect(try HospitalCSV.read(HospitalCSV.write(hospitals)).get() == hospitals)
        let customers = [
            Customer(number: "00123", name: "Zoë O'Neill", phone: "+491234567"),
            Customer(number: "4711", name: "Ann"),
        ]
        #expect(try CustomerCSV.read(CustomerCSV.write(customers)).get() == customers)
        let tables = [
            DiningTable(name: "Window, left", seats: 2, joinGroup: "w"),
            DiningTable(name: "Bar", seats: 1),
        ]
        #expect(try DiningTableCSV.read(DiningTableCSV.write(tables)).get() == tables)
        let menu = [
            MenuItem(
                name: "Soup", category: "Starters", summary: "hot, red", tags: ["vegan"],
                aliases: ["broth"],
                sizes: [
                    .init(name: "Small", price: Money(cents: 450)),
                    .init(name: "Very large", price: Money(cents: 795)),
                ], extras: [.init(name: "Brown bread", price: Money(cents: 5))]),
            MenuItem(
                name: "Cake", category: "Desserts", sizes: [.init(name: "", price: .zero)]),
        ]
        #expect(try MenuCSV.read(MenuCSV.write(menu)).get() == menu)
    }

    @Test func theSampleMenuComesBack() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "samples/menus/bella-napoli.csv")
        let items = try MenuCSV.read(try String(contentsOf: path, encoding: .utf8)).get()
        #expect(try MenuCSV.read(MenuCSV.write(items)).get() == items)
    }

    @Test func columnsGoByOtherNamesToo() throws {
        let text = "HOSPITAL NAME,Address,CITY\r\nLotus, 1 Main Road ,Pune\r\n"
        #expect(
            try HospitalCSV.read(text).get()
                == [Hospital(name: "Lotus", address: "1 Main Road", city: "Pune")])
        let people = "id,name,telephone\n104-82,Ann,(555) 123-4567\n"
        #expect(
            try CustomerCSV.read(people).get()
                == [Customer(number: "10482", name: "Ann", phone: "5551234567")])
    }

    private func faults<Value>(_ result: Result<[Value], ImportFaults>) -> [String] {
        guard case .failure(let faults) = result else { return [] }
        return faults.faults.map(\.description)
    }

    @Test func everyFaultIsToldWithItsLine() {
        let people = """
            number,name,phone
            10041,Paul,+15552220041
            K-12,Ann,
            12,Bob,
            10041,Carl,
            10042,,
            10043,Dora,call me
            10044,Eve
            """
        #expect(
            faults(CustomerCSV.read(people)) == [
                "line 3: the number 'K-12' must have from 3 to 12 digits and nothing else, so that "
                    + "it can be keyed",
                "line 4: the number '12' must have from 3 to 12 digits and nothing else, so that "
                    + "it can be keyed",
                "line 5: number 10041 is on line 2 too; keep one",
                "line 6: the name must have letters and 80 at most",
                "line 7: 'call me' is not a telephone number; write one like +15551234567",
                "line 8: has 2 fields, the header 3; quote fields with commas",
            ])
        let hospitals =
            "name,city,address\nLotus,Pune,1 A\nLotus,Pune,2 B\nLotus,pune,1 a\n,Agra,\nX,,\n"
        #expect(
            faults(HospitalCSV.read(hospitals)) == [
                "line 4: Lotus, 1 a, pune is on line 2 too; keep one",
                "line 5: the name must have letters and 120 characters at most",
                "line 6: X needs a city, of 60 characters at most",
            ])
        #expect(
            faults(DiningTableCSV.read("name,seats\nA,2\na,4\nB,none\nC,0\n")) == [
                "line 3: a is on line 2 too; keep one",
                "line 4: B needs its seats, a whole number from 1 to 100",
                "line 5: C needs its seats, a whole number from 1 to 100",
            ])
    }

    @Test(arguments: [
        ("", "line 1: the file is empty"), ("name\nA\n", "line 1: the column 'city' is missing"),
        ("name,city\n", "line 1: no hospital follows the header"),
        (
            "name,town\nA,B\n",
            "line 1: 'town' is not a column of a directory; known: name, address, "
                + "city, aliases"
        ),
        ("name,city,city\nA,B,C\n", "line 1: the column 'city' is there twice"),
    ])
    func aFileWithoutItsColumns(text: String, fault: String) {
        #expect(faults(HospitalCSV.read(text)) == [fault])
    }

    @Test func recordsAreWrittenForPeople() {
        let task = TaskOrder(
            id: 1, assistantID: "a", number: 1001,
            customer: Customer(number: "10042", name: "Ann, \"A\"", phone: "+1555"),
            service: "heating", summary: "It leaks, badly", location: "basement",
            urgency: .urgent, createdAt: 77, callSid: nil, idempotencyKey: "k")
        #expect(
            RecordCSV.write([task]) == """
                number,created_at,customer_number,customer,phone,service,summary,location,urgency
                1001,77,10042,"Ann, ""A""\",+1555,heating,"It leaks, badly",basement,urgent

                """)
        #expect(CSVWriter.text(header: ["a"], rows: [[""], ["b"]]) == "a\n\"\"\nb\n")
    }
}
