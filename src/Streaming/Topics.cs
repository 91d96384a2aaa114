namespace Reflux.Streaming;

/// <summary>The topics of a Reflux installation.</summary>
public static class Topics
{
    /// <summary>Live prompts, spread over the partitions; read by the teachers' consumer group.</summary>
    public const string Prompts = "prompts";

    /// <summary>Label records; a lane owns one partition.</summary>
    public const string Labels = "labels";

    /// <summary>Lanes, teachers and students, one whole entity a record; one partition.</summary>
    public const string Definitions = "definitions";

    /// <summary>Small facts for many readers; one partition.</summary>
    public const string Events = "events";

    /// <summary>Records that were set aside, with their reason and original bytes; one partition.</summary>
    public const string DeadLetters = "deadletters";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Prompts, Labels, Definitions, Events, DeadLetters];

    /// <summary>True where readers publish a position that the embedded broker's writers must not run away from. On the others its oldest records may go.</summary>
    public static bool HasSafePosition(string topic) => topic is Prompts or Labels;

    /// <summary>The partitions that a topic is created with.</summary>
    internal static int PartitionsOf(string topic, KafkaOptions options) => topic switch
    {
        Prompts => options.PromptPartitions,
        Labels => options.LabelPartitions,
        _ => 1,
    };
}
