using System.Text.Json;
using Reflux.Contracts.Http;
using Reflux.Distillation.Records;
using Reflux.Streaming;

namespace Reflux.Silo.DeadLetters;

/// <summary>A record of the dead letters topic, decoded as far as that goes.</summary>
/// <param name="Summary">What may be shown to anybody who may know of it.</param>
/// <param name="Letter">Null where the letter itself does not decode.</param>
/// <param name="Prompt">What it holds, where that is a prompt.</param>
/// <param name="Labels">What it holds, where that is a label record.</param>
internal sealed record OpenedLetter(DeadLetterSummary Summary, DeadLetter? Letter, PromptRecord? Prompt, LabelRecord? Labels)
{
    public static OpenedLetter Of(LogRecord record)
    {
        if (Try(() => DeadLetter.Decode(record.Value)) is not { } letter)
        {
            return new OpenedLetter(new DeadLetterSummary(record.Position.Offset, "unreadable", "unknown", record.Position, record.Value.Length, Retriable: false), null, null, null);
        }

        var prompt = Try(() => PromptRecord.Decode(letter.Original));
        var labels = prompt is null ? Try(() => LabelRecordCodec.Decode(letter.Original)) : null;
        var summary = new DeadLetterSummary(
            record.Position.Offset,
            JsonNamingPolicy.CamelCase.ConvertName(letter.Reason.ToString()),
            prompt is not null ? "prompt" : labels is not null ? "labels" : "unknown",
            letter.Source,
            letter.Original.Length,
            !IsFinal(letter.Reason) && !IsStubborn(letter.Reason) && (prompt is not null || labels is not null));
        return new OpenedLetter(summary, letter, prompt, labels);
    }

    /// <summary>True where another try ends the same way unless the lane's teacher or a student is another one by now.</summary>
    public bool Stubborn => Letter is { } letter && IsStubborn(letter.Reason) && (Prompt is not null || Labels is not null);

    /// <summary>True where the bytes themselves are the fault, or where a student has already decided on the sequence and remembers it.</summary>
    private static bool IsFinal(DeadLetterReason reason) => reason is
        DeadLetterReason.Malformed or DeadLetterReason.ChecksumMismatch or DeadLetterReason.UnknownVersion or DeadLetterReason.InvalidText
        or DeadLetterReason.InvalidLabels or DeadLetterReason.Stale or DeadLetterReason.NonFiniteStep;

    private static bool IsStubborn(DeadLetterReason reason) => reason is
        DeadLetterReason.PromptTooLong or DeadLetterReason.LabelsTooLarge or DeadLetterReason.SequenceTooLong
        or DeadLetterReason.ForeignTokenizer or DeadLetterReason.ForeignTemplate or DeadLetterReason.ForeignLabels;

    private static T? Try<T>(Func<T> decode)
        where T : class
    {
        try
        {
            return decode();
        }
        catch (DecodeException)
        {
            return null;
        }
    }
}
