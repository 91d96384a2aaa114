using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Labels;
using Reflux.Distillation.Records;
using Reflux.Models;
using Reflux.Models.Generation;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Teaching;

/// <summary>
/// A teacher that writes: it answers a lane's prompts at the lane's temperature with cached batched generation, and the labels come from that
/// same pass. The row that chooses x_t is p(x_t | x_&lt;t), so it is stored with t; the end token has one like any other, and an answer
/// cut by the length limit has no end token to label.
/// </summary>
/// <param name="model">The teacher; this object's from now on.</param>
/// <param name="lane">Label form, temperature, answer length and seed.</param>
/// <param name="laneId">Salts the holdout and the sequence ids.</param>
/// <param name="teacherId">Stands in every record.</param>
public sealed class TeacherEngine(LanguageModel model, LaneDefinition lane, Guid laneId, Guid teacherId) : ITeacherEngine
{
    private readonly Labeller _labeller = Labeller.For(LabelSpec.Of(lane.Spec));

    /// <summary>How this engine's sequences are labelled.</summary>
    public LabelSpec Labels => _labeller.Spec;

    /// <summary>Longest prompt that leaves room for a token of the answer.</summary>
    public int LongestPrompt => model.Config.MaxPositions - 1;

    /// <summary>The chat template around a user's text, as token ids.</summary>
    /// <exception cref="RefluxException">It leaves no room for an answer (prompt-too-long).</exception>
    public int[] Tokenize(string text)
    {
        var tokens = model.Template.Encode(model.Tokenizer, text);
        return tokens.Length <= LongestPrompt
            ? tokens
            : throw new RefluxException(
                ErrorCodes.PromptTooLong,
                $"The prompt has {tokens.Length} tokens with its template; this teacher's context holds {LongestPrompt} and an answer.",
                "Shorten the prompt, or teach the lane with a model of a longer context.");
    }

    /// <summary>Answers and labels a batch of prompts: one bounded work item, on the calling thread.</summary>
    /// <param name="prompts">At least one; the batch size is the caller's to bound.</param>
    /// <param name="cancellationToken">Gives up between tokens; nothing of the batch is then kept.</param>
    /// <returns>One sequence a prompt, in order.</returns>
    public IReadOnlyList<LabelledSequence> Answer(IReadOnlyList<TeacherPrompt> prompts, CancellationToken cancellationToken)
    {
        var drafts = prompts.Select(prompt => new Draft(prompt, lane, laneId, _labeller)).ToArray();
        var answers = TextGenerator.Generate(
            model.Decoder, [.. prompts.Select(prompt => prompt.Tokens)], lane.Spec.MaxAnswerTokens, model.StopTokenIds, Choose, cancellationToken);
        return [.. drafts.Zip(answers, (draft, answer) => draft.Complete(answer))];

        Tensor Choose(Tensor logits, ReadOnlySpan<int> rows, int step)
        {
            var keys = new DrawKey[rows.Length];
            for (var i = 0; i < rows.Length; i++)
            {
                keys[i] = drafts[rows[i]].KeyAt(step);
            }

            // rows of the head beyond the tokenizer are padding: no text has such an id
            var known = Math.Min(logits.shape[1], model.Tokenizer.VocabularySize);
            var sampled = _labeller.Sample(logits.narrow(1, 0, known), keys);
            for (var i = 0; i < rows.Length; i++)
            {
                drafts[rows[i]].Labels.Append(sampled, i);
            }

            return tensor(sampled.Tokens, device: logits.device);
        }
    }

    /// <summary>A label record of these sequences with this teacher's provenance and a fresh id.</summary>
    public LabelRecord CreateRecord(Guid logTopic, IReadOnlyList<LabelledSequence> sequences) => new()
    {
        LogTopic = logTopic,
        RecordId = Id128.Random(),
        LaneId = laneId,
        TeacherId = teacherId,
        TeacherRevision = model.Revision,
        TokenizerHash = model.Tokenizer.Hash,
        TemplateHash = model.Template.Hash,
        Labels = Labels,
        Sequences = sequences,
    };

    /// <summary>Returns the teacher's memory.</summary>
    public void Dispose() => model.Dispose();

    private sealed class Draft
    {
        private const int Sample = 0;

        private readonly TeacherPrompt _prompt;
        private readonly Id128 _sequence;
        private readonly DrawKey _key;
        private readonly bool _holdout;

        public Draft(TeacherPrompt prompt, LaneDefinition lane, Guid laneId, Labeller labeller)
        {
            _prompt = prompt;
            _sequence = SequenceIdentity.SequenceId(laneId, prompt.PromptId, Sample);
            _key = DrawKey.For(lane.LabelSeed, _sequence);
            _holdout = HoldoutRule.Contains(laneId, prompt.Tokens, lane.Spec.HoldoutFraction);
            Labels = labeller.CreateBuilder(_holdout);
        }

        public LabelsBuilder Labels { get; }

        public DrawKey KeyAt(int step) => _key.At(_prompt.Tokens.Length + step);

        public LabelledSequence Complete(int[] answer) => new()
        {
            SequenceId = _sequence,
            PromptId = _prompt.PromptId,
            Keyed = _prompt.Keyed,
            Prompt = _prompt.Position,
            Sample = Sample,
            Holdout = _holdout,
            Tokens = [.. _prompt.Tokens, .. answer],
            PromptLength = _prompt.Tokens.Length,
            Labels = Labels.Build(),
        };
    }
}
