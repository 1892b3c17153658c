import Commands

@main
enum Weir {
    static func main() {
        WeirCommand.start()
    }
}
