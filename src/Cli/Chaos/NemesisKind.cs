namespace Reflux.Cli.Chaos;

/// <summary>What a nemesis does.</summary>
internal enum NemesisKind
{
    /// <summary>kill -9 of a process, and a new one in its place.</summary>
    Kill,

    /// <summary>kill -9 of the durable broker, and a new process on its log.</summary>
    BrokerKill,

    /// <summary>SIGSTOP for longer than every timeout, then SIGCONT.</summary>
    Stop,

    /// <summary>The newest checkpoint is cut or has a byte flipped while its owner is dead.</summary>
    TornCheckpoint,

    /// <summary>Sequences that were labelled already come again in other records and another order.</summary>
    Duplicates,

    /// <summary>Random bytes on the label log.</summary>
    GarbageRecord,

    /// <summary>A label record with one byte changed.</summary>
    FlippedByte,

    /// <summary>A label record over another vocabulary.</summary>
    ForeignTokenizer,

    /// <summary>A silo on the data directory of the one that runs.</summary>
    SecondSilo,

    /// <summary>A silo that is stopped, taken for dead and succeeded, and that wakes up after its successor has published.</summary>
    ZombieTrainer,

    /// <summary>No room for checkpoints for a while; needs the right to mount.</summary>
    FullDisk,
}
