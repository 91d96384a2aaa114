using System.Security.Cryptography;
using System.Text;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Labels;
using Reflux.Distillation.Records;
using Reflux.Distillation.Teaching;
using Reflux.Simulation.Tests.Installation;

namespace Reflux.Simulation.Tests.Teaching;

/// <summary>A teacher whose answer is a pure function of the prompt's id, and that fails now and then.</summary>
internal sealed class SimulatedTeacher(LaneDefinition lane, Guid laneId, Guid teacherId, Random random, Weather weather) : ITeacherEngine
{
    public const string TokenizerHash = "simulated-tokenizer";
    public const string TemplateHash = "simulated-template";
    public const int Vocabulary = 200;

    /// <summary>Prompts that begin so are too long for it.</summary>
    public const string TooLong = "too long";

    public LabelSpec Labels => LabelSpec.Of(lane.Spec);

    public int[] Tokenize(string text) => text.StartsWith(TooLong, StringComparison.Ordinal)
        ? throw new RefluxException(ErrorCodes.PromptTooLong, "The prompt is too long.", "Shorten it.")
        : [.. SHA256.HashData(Encoding.UTF8.GetBytes(text)).Take(4).Select(part => part % Vocabulary)];

    public IReadOnlyList<LabelledSequence> Answer(IReadOnlyList<TeacherPrompt> prompts, CancellationToken cancellationToken) =>
        weather.Chance(0.01) ? throw new InvalidOperationException("the model failed") : [.. prompts.Select(Answer)];

    public LabelRecord CreateRecord(Guid logTopic, IReadOnlyList<LabelledSequence> sequences) => Record(logTopic, laneId, teacherId, Labels, random, sequences);

    /// <summary>A label record with a fresh id.</summary>
    public static LabelRecord Record(Guid logTopic, Guid laneId, Guid teacherId, LabelSpec labels, Random random, IReadOnlyList<LabelledSequence> sequences)
    {
        var id = new byte[Id128.Size];
        random.NextBytes(id);
        return new LabelRecord
        {
            LogTopic = logTopic,
            RecordId = Id128.Read(id),
            LaneId = laneId,
            TeacherId = teacherId,
            TeacherRevision = "simulated",
            TokenizerHash = TokenizerHash,
            TemplateHash = TemplateHash,
            Labels = labels,
            Sequences = sequences,
        };
    }

    public void Dispose()
    {
    }

    private LabelledSequence Answer(TeacherPrompt prompt)
    {
        var id = SequenceIdentity.SequenceId(laneId, prompt.PromptId, 0);
        int[] answer = [.. id.ToBytes().Take(1 + (id.ToBytes()[0] % 3)).Select(part => part % Vocabulary)];
        var holdout = HoldoutRule.Contains(laneId, prompt.Tokens, lane.Spec.HoldoutFraction);
        return new LabelledSequence
        {
            SequenceId = id,
            PromptId = prompt.PromptId,
            Keyed = prompt.Keyed,
            Prompt = prompt.Position,
            Sample = 0,
            Holdout = holdout,
            Tokens = [.. prompt.Tokens, .. answer],
            PromptLength = prompt.Tokens.Length,
            Labels = new SampledLabels(
                [.. Enumerable.Range(0, answer.Length + 1)],
                answer,
                [.. answer.Select(_ => (ushort)lane.Spec.Draws)],
                [.. answer.Select(_ => Half.Zero)],
                holdout ? [.. answer.Select(_ => Half.Zero)] : null),
        };
    }
}
