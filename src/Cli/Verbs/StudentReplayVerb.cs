using System.CommandLine;
using Reflux.Cli.Output;
using Reflux.Client;
using Reflux.Distillation.Replay;
using Reflux.Silo.Offline;

namespace Reflux.Cli.Verbs;

/// <summary>`reflux student verify` and `reflux student replay`.</summary>
internal static class StudentReplayVerb
{
    private const string Codes = """
        Needs the files of the silo, which may run or not; exit code 0: the same state, 3: another one, 4: not comparable, since trained in another
        environment, 5: not verifiable, since nothing is recorded there or records are missing.

        Examples:
        """;

    public static Command Verify() => Create(
        "verify",
        $"""
        Rebuild a student from its base and its log in this process, and compare the state with its newest checkpoint's, or with a pulled snapshot's.
        {Codes}
          reflux student verify small --data ./data
          reflux student verify small --data ./data --json
          reflux student verify small --data ./data --snapshot ./small
        """,
        step: null,
        new Option<string?>("--snapshot") { Description = "A pulled snapshot: verify the state that its manifest states instead.", HelpName = "DIRECTORY" });

    public static Command Replay() => Create(
        "replay",
        $"""
        Rebuild a student up to a step whose state is recorded, in this process, and compare.
        {Codes}
          reflux student replay small --to-step 1200 --data ./data
        """,
        new Option<long>("--to-step") { Required = true, Description = "A step that lineage.jsonl, beside the checkpoints, names.", HelpName = "N" },
        snapshot: null);

    private static Command Create(string name, string description, Option<long>? step, Option<string?>? snapshot)
    {
        var student = new Argument<string>("name") { Description = "Name or id." };
        var data = ArchiveVerb.DataOption();
        var kafka = new Option<string?>("--kafka") { Description = "Bootstrap servers, for records that are not archived; default: the embedded broker of the data directory (Kafka:BootstrapServers)." };
        var threads = new Option<int?>("--threads") { Description = "Compute threads; default those of the training, as bits depend on them." };
        var set = SettingOptions.Set();
        var json = CommonOptions.Json();
        var command = new Command(name, description) { student, data, kafka, threads, set, json };
        if (step is not null)
        {
            command.Add(step);
        }

        if (snapshot is not null)
        {
            command.Add(snapshot);
        }

        command.SetAction(async (parsed, cancellation) =>
        {
            var settings = new SettingOptions()
                .Add("Silo:Data", parsed.GetValue(data))
                .Add("Kafka:BootstrapServers", parsed.GetValue(kafka))
                .AddAll(parsed.GetValue(set)!);
            var manifest = snapshot is not null && parsed.GetValue(snapshot) is { } pulled ? await SnapshotDirectory.VerifyAsync(pulled, cancellation) : null;
            var report = await ReplayHost.RunAsync(
                settings.ToArguments(), parsed.GetRequiredValue(student), step is null ? null : parsed.GetRequiredValue(step), manifest, parsed.GetValue(threads), cancellation);
            Print(report, parsed.GetValue(json));
            return ExitCodeOf(report.Verdict);
        });
        return command;
    }

    internal static int ExitCodeOf(ReplayVerdict verdict) => verdict switch
    {
        ReplayVerdict.Same => ExitCodes.Done,
        ReplayVerdict.Different => ExitCodes.Different,
        ReplayVerdict.NotComparable => ExitCodes.NotComparable,
        _ => ExitCodes.NotVerifiable,
    };

    private static void Print(ReplayReport report, bool json)
    {
        if (json)
        {
            Printer.Json(report);
            return;
        }

        Printer.Table(["", ""],
        [
            ["student", $"{report.Student} ({report.StudentId})"],
            ["verdict", report.Verdict switch
            {
                ReplayVerdict.Same => "same",
                ReplayVerdict.Different => "different",
                ReplayVerdict.NotComparable => "not comparable",
                _ => "not verifiable",
            }],
            ["step, position", $"{report.Step?.ToString() ?? "-"}, {report.Next?.ToString() ?? "-"}"],
            ["recorded", report.Recorded ?? "-"],
            ["replayed", report.Replayed ?? "-"],
            ["checkpoint", report.CheckpointChecked ? "checked" : "not kept"],
            ["read", $"{report.Records} records in {report.Seconds:0.0} s"],
        ]);
        if (report.Message.Length > 0)
        {
            Console.Error.WriteLine($"reflux: {report.Message}");
        }
    }
}
