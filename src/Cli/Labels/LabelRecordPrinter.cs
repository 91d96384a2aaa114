using System.Globalization;
using System.Text;
using Reflux.Cli.Output;
using Reflux.Distillation.Records;
using Reflux.Models.Tokenizers;

namespace Reflux.Cli.Labels;

/// <summary>Label records for people.</summary>
internal static class LabelRecordPrinter
{
    private const int MostIds = 8;

    /// <param name="record">What to print.</param>
    /// <param name="bytes">Its size.</param>
    /// <param name="tokenizer">Turns ids into text, where text was asked for.</param>
    public static void Print(LabelRecord record, int bytes, Tokenizer? tokenizer)
    {
        var spec = record.Labels;
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"record {record.RecordId}: {bytes} bytes, {record.Sequences.Count} sequences, {spec.Kind} {spec.Size} at T = {spec.Temperature}"));
        Console.Out.WriteLine($"lane {record.LaneId}, teacher {record.TeacherId} revision {record.TeacherRevision}");
        Console.Out.WriteLine($"log {record.LogTopic}, tokenizer {record.TokenizerHash}, template {record.TemplateHash}");
        foreach (var sequence in record.Sequences.Select(LabelledSequenceDocument.Of))
        {
            Console.Out.WriteLine();
            Console.Out.WriteLine(
                $"sequence {sequence.SequenceId}: prompt {sequence.PromptId} at {sequence.PromptPartition}:{sequence.PromptOffset}, sample {sequence.Sample}"
                + $"{(sequence.Keyed ? ", keyed" : "")}{(sequence.Holdout ? ", holdout" : "")}"
                + (sequence.Student is { } student ? $", written by student {student.StudentId} version {student.Version}" : ""));
            Console.Out.WriteLine($"prompt: {Tokens(sequence.Tokens[..sequence.PromptLength], tokenizer)}");
            Printer.Table(
                ["t", "token", "entropy", "ids"],
                sequence.Positions.Select(position => (IReadOnlyList<string>)
                [
                    $"{position.Target}", Token(position.Token, tokenizer), Printer.Number(position.Entropy), Ids(position, tokenizer),
                ]));
        }
    }

    public static void Print(LabelStatisticsReport report)
    {
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Records} records, {report.Sequences} sequences, {report.Positions} labelled positions, {report.Bytes} bytes: {report.BytesPerPosition:0.00} a position"));
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.UniqueIds:0.00} ids a position; mass of all others {report.TailMass:0.0000}"));
        Printer.Table(
            ["part", "bytes", "a position"],
            report.BytesByPart.Select(part => (IReadOnlyList<string>)
            [
                $"{part.Key}", Printer.Number(part.Value, "0"), Printer.Number(part.Value / report.Positions, "0.00"),
            ]));
        Printer.Table(
            ["entropy from", "positions"],
            report.Entropy.Select(bin => (IReadOnlyList<string>)[Printer.Number(bin.From, "0.00"), $"{bin.Positions}"]));
    }

    // the most often drawn, or the most probable, first
    private static string Ids(LabelledPositionDocument position, Tokenizer? tokenizer)
    {
        var text = new StringBuilder();
        var order = Enumerable.Range(0, position.Ids.Length).OrderByDescending(k => position.Counts?[k] ?? position.LogProbabilities![k]);
        foreach (var k in order.Take(MostIds))
        {
            text.Append(Token(position.Ids[k], tokenizer));
            text.Append(position.Counts is { } counts ? $"×{counts[k]}" : "");
            text.Append(position.LogProbabilities is { } masses ? string.Create(CultureInfo.InvariantCulture, $" {Math.Exp(masses[k]):0.000}") : "");
            text.Append("  ");
        }

        return text.Append(position.Ids.Length > MostIds ? $"… {position.Ids.Length} ids" : "").ToString();
    }

    private static string Tokens(int[] tokens, Tokenizer? tokenizer) =>
        string.Join(' ', tokens) + (tokenizer is null ? "" : $"  {Quoted(tokenizer.Decode(tokens, skipSpecial: false))}");

    private static string Token(int token, Tokenizer? tokenizer) => tokenizer is null ? $"{token}" : $"{token} {Quoted(tokenizer.Decode([token], skipSpecial: false))}";

    // escaped, so that a record can't steer the terminal
    private static string Quoted(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}
