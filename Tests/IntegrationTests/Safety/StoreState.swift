/// What becomes of the state directory, or of its disk, while a change waits or is being made.
struct StoreState: Sendable, CustomStringConvertible {
    let description: String
    /// What brings it about; `$1` is the state directory, `$2` the file system that it is on.
    let damage: String
    /// What brings the directory back to where everything can be written again; nil if that cannot be.
    var mending: String?
    /// Whether what waits is lost with the state: nobody can write down what became of it, nor find it.
    var losesRecord = false
    /// Whether nothing can be written to anybody either.
    var isMute = false

    /// The file system: small, so that it can be filled, and with few files.
    static let mount = """
        mkdir -p "$2"
        mount -t tmpfs -o mode=700,size=2m,nr_inodes=200 none "$2"
        mkdir -p "$2/parent"
        """

    static let all = unwritable + others

    /// All is there, and nothing, or not all, can be written down.
    static let unwritable: [StoreState] = [
        .init(
            description: "no space is left",
            damage: "cat /dev/zero >\"$2/filling\" 2>/dev/null || true",
            mending: "rm \"$2/filling\""
        ),
        .init(
            description: "no file can be made",
            damage: "mkdir \"$2/filling\"; i=0; while touch \"$2/filling/$i\" 2>/dev/null; do i=$((i+1)); done || true",
            mending: "rm -r \"$2/filling\""
        ),
        .init(
            description: "nothing can be synchronized",
            damage: "echo 'fsync 5 1' >/etc/failing",
            mending: "rm /etc/failing"
        ),
        .init(
            description: "there are no hard links",
            damage: "printf 'link 1 1\\nlinkat 1 1\\n' >/etc/failing",
            mending: "rm /etc/failing"
        ),
        .init(
            description: "nothing can be written",
            damage: "printf 'write 5 1\\npwrite 5 1\\n' >/etc/failing",
            mending: "rm /etc/failing",
            isMute: true
        ),
        .init(
            description: "nothing can be renamed",
            damage: "printf 'rename 5 1\\nrenameat 5 1\\n' >/etc/failing",
            mending: "rm /etc/failing"
        ),
    ]

    private static let others: [StoreState] = [
        .init(description: "the directory is removed", damage: "rm -rf \"$1\"", losesRecord: true),
        .init(description: "what waits is removed", damage: "rm -rf \"$1\"/txn/*", losesRecord: true),
        .init(
            description: "the directory is moved",
            damage: "mv \"$1\" \"$1.moved\"",
            mending: "rm -rf \"$1\"; mv \"$1.moved\" \"$1\""
        ),
        .init(
            description: "the directory above it is moved",
            damage: "mv \"$2/parent\" \"$2/moved\"",
            mending: "rm -rf \"$2/parent\"; mv \"$2/moved\" \"$2/parent\""
        ),
        .init(
            description: "it is covered by a mount",
            damage: "mount -t tmpfs -o mode=700 none \"$1\"",
            mending: "umount -l \"$1\""
        ),
        .init(
            description: "its file system is covered by a mount",
            damage: "mount -t tmpfs -o mode=700 none \"$2\"",
            mending: "umount -l \"$2\""
        ),
        .init(
            description: "others may write to it",
            damage: "chmod 777 \"$1\"",
            mending: "chmod 700 \"$1\""
        ),
        .init(
            description: "another user owns it",
            damage: "chown -R 65534 \"$1\"",
            mending: "chown -R 0 \"$1\""
        ),
        .init(
            description: "it is immutable",
            damage: "chattr -R +i \"$1\"",
            mending: "chattr -R -i \"$1\""
        ),
        .init(
            description: "the file system is read-only",
            damage: "mount --bind \"$2\" \"$2\"; mount -o remount,bind,ro \"$2\"",
            mending: "umount -l \"$2\""
        ),
        .init(
            description: "what there is to bring back is damaged",
            damage: """
                for file in "$1"/txn/*/generation; do
                    [ -f "$file" ] || continue
                    size=$(stat -c %s "$file")
                    head -c "$size" /dev/zero | dd of="$file" conv=notrunc 2>/dev/null
                done
                """,
            losesRecord: true
        ),
        .init(
            description: "what there is to bring back is empty",
            damage: "for file in \"$1\"/txn/*/generation; do [ ! -f \"$file\" ] || : >\"$file\"; done",
            losesRecord: true
        ),
        .init(
            description: "the journal is damaged",
            damage: """
                for file in "$1"/txn/*/journal; do
                    [ ! -f "$file" ] || printf 'damage' | dd of="$file" bs=1 seek=16 conv=notrunc 2>/dev/null
                done
                """,
            mending: ":"
        ),
        .init(
            description: "the decision is damaged",
            damage: "for place in \"$1\"/txn/*; do [ ! -d \"$place\" ] || echo damage >\"$place/decision\"; done",
            mending: ":"
        ),
        .init(description: "the lock is removed", damage: "rm \"$1/lock\"", mending: ":"),
        .init(
            description: "the lock is a directory",
            damage: "rm \"$1/lock\"; mkdir \"$1/lock\"",
            mending: "rmdir \"$1/lock\""
        ),
        .init(
            description: "the format is damaged",
            damage: "echo damage >\"$1/format\"",
            mending: "echo 'weir state 1' >\"$1/format\""
        ),
    ]
}
