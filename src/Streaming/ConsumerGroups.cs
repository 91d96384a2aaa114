namespace Reflux.Streaming;

/// <summary>Names of the consumer groups. A group that publishes a safe position is never joined: Kafka refuses commits from outside a joined group.</summary>
public static class ConsumerGroups
{
    /// <summary>The teacher workers, who share the prompts topic; its committed offset is the prompts' safe position.</summary>
    public const string Teachers = "reflux-teachers";

    /// <summary>The archivers: its committed offset of a label partition says up to where that is archived.</summary>
    public const string Archive = "reflux-archive";

    /// <summary>The group whose committed offset says up to where a student's durable checkpoint has read.</summary>
    public static string Student(Guid student) => $"reflux-student-{student:N}";
}
