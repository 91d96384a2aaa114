using Reflux.Contracts.Errors;
using Reflux.Distillation.Records;

namespace Reflux.Distillation.Teaching;

/// <summary>A lane's teacher: answers prompts and labels its answers.</summary>
public interface ITeacherEngine : IDisposable
{
    /// <summary>How this engine's sequences are labelled.</summary>
    LabelSpec Labels { get; }

    /// <summary>The chat template around a user's text, as token ids.</summary>
    /// <exception cref="RefluxException">It leaves no room for an answer (prompt-too-long).</exception>
    int[] Tokenize(string text);

    /// <summary>Answers and labels a batch of prompts: one bounded work item, on the calling thread.</summary>
    /// <param name="prompts">At least one; the batch size is the caller's to bound.</param>
    /// <param name="cancellationToken">Gives up between tokens; nothing of the batch is then kept.</param>
    /// <returns>One sequence a prompt, in order.</returns>
    IReadOnlyList<LabelledSequence> Answer(IReadOnlyList<TeacherPrompt> prompts, CancellationToken cancellationToken);

    /// <summary>A label record of these sequences with this teacher's provenance and a fresh id.</summary>
    LabelRecord CreateRecord(Guid logTopic, IReadOnlyList<LabelledSequence> sequences);
}
