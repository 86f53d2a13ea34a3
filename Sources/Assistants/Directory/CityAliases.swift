import Language

/// Cities that go by more than one name. The first is today's; which one is spoken is decided by the
/// directory's own spelling.
enum CityAliases {
    static let groups: [[String]] = [
        ["Bengaluru", "Bangalore", "Bengalooru", "Blr"],
        ["Mumbai", "Bombay"],
        ["Kolkata", "Calcutta"],
        ["Chennai", "Madras"],
        ["Delhi", "New Delhi", "Delhi NCR", "Dilli"],
        ["Gurugram", "Gurgaon"],
        ["Pune", "Poona"],
        ["Thiruvananthapuram", "Trivandrum"],
        ["Kochi", "Cochin", "Ernakulam"],
        ["Kozhikode", "Calicut"],
        ["Thrissur", "Trichur"],
        ["Kollam", "Quilon"],
        ["Alappuzha", "Alleppey"],
        ["Kannur", "Cannanore"],
        ["Mysuru", "Mysore"],
        ["Mangaluru", "Mangalore"],
        ["Hubballi", "Hubli"],
        ["Belagavi", "Belgaum"],
        ["Kalaburagi", "Gulbarga"],
        ["Ballari", "Bellary"],
        ["Tumakuru", "Tumkur"],
        ["Shivamogga", "Shimoga"],
        ["Vijayapura", "Bijapur"],
        ["Vadodara", "Baroda"],
        ["Visakhapatnam", "Vizag", "Vishakhapatnam", "Waltair"],
        ["Vijayawada", "Bezawada"],
        ["Rajahmundry", "Rajamahendravaram"],
        ["Prayagraj", "Allahabad"],
        ["Varanasi", "Benares", "Banaras", "Kashi"],
        ["Kanpur", "Cawnpore"],
        ["Puducherry", "Pondicherry", "Pondy"],
        ["Tiruchirappalli", "Trichy", "Tiruchi", "Trichinopoly"],
        ["Thoothukudi", "Tuticorin"],
        ["Thanjavur", "Tanjore"],
        ["Udhagamandalam", "Ooty", "Ootacamund"],
        ["Coimbatore", "Kovai"],
        ["Shimla", "Simla"],
        ["Guwahati", "Gauhati"],
        ["Panaji", "Panjim"],
        ["Jamshedpur", "Tatanagar"],
        ["Chhatrapati Sambhajinagar", "Aurangabad"],
        ["Dharashiv", "Osmanabad"],
        ["Nashik", "Nasik"],
        ["Noida", "New Okhla"],
        ["Ayodhya", "Faizabad"],
        ["Jalandhar", "Jullundur"],
        ["Bhubaneswar", "Bhubaneshwar"],
        ["Mohali", "Sahibzada Ajit Singh Nagar"],
        ["Solapur", "Sholapur"],
    ]

    /// The folded names of a city by each of them.
    static let byName: [String: [String]] = {
        var result: [String: [String]] = [:]
        for group in groups {
            let folded = group.map(folded)
            for name in folded { result[name] = folded }
        }
        return result
    }()

    /// The form that names of cities are compared in: lower-case words without marks.
    static func folded(_ city: String) -> String {
        Utterance(city).tokens.map(\.text).joined(separator: " ")
    }
}
