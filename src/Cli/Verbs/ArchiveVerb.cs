using System.CommandLine;
using Reflux.Cli.Output;
using Reflux.Distillation.Archive;
using Reflux.Silo.Offline;

namespace Reflux.Cli.Verbs;

/// <summary>`reflux archive`: label logs beyond the broker's retention.</summary>
internal static class ArchiveVerb
{
    public static Command Create() => new("archive", """
        Label logs beyond the broker's retention (docs/log.md). Reads the files of a silo, which may run or not.

        Examples:
          reflux archive list --data ./data
          reflux archive verify --data ./data --lane support --json
        """)
    {
        Inspect("list", "What is archived.", verify: false),
        Inspect("verify", "Read every byte; exit code 1 where a byte is flipped, a segment missing or an offset left out.", verify: true),
    };

    private static Command Inspect(string name, string description, bool verify)
    {
        var lane = new Option<string?>("--lane") { Description = "Name or id of a lane; default all." };
        var data = DataOption();
        var set = SettingOptions.Set();
        var json = CommonOptions.Json();
        var command = new Command(name, description) { lane, data, set, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var settings = new SettingOptions().Add("Silo:Data", parsed.GetValue(data)).AddAll(parsed.GetValue(set)!);
            var logs = await ArchiveHost.InspectAsync(settings.ToArguments(), parsed.GetValue(lane), verify, cancellation);
            Print(logs, parsed.GetValue(json), verify);
            return logs.Any(log => log.Problems is { Count: > 0 }) || (verify && logs.Count == 0) ? ExitCodes.Failed : ExitCodes.Done;
        });
        return command;
    }

    public static Option<string?> DataOption() => new("--data") { Description = "The silo's data directory (Silo:Data).", HelpName = "DIR" };

    private static void Print(IReadOnlyList<ArchivedLog> logs, bool json, bool verify)
    {
        if (json)
        {
            Printer.Json(logs);
            return;
        }

        Printer.Table(
            ["lane", "log", "from", "to", "segments", "bytes"],
            logs.Select(log => (IReadOnlyList<string>)[log.Lane?.Name ?? "-", $"{log.Log}", $"{log.First}", $"{log.Next}", $"{log.Segments}", $"{log.Bytes}"]));
        foreach (var problem in logs.SelectMany(log => log.Problems ?? []))
        {
            Console.Error.WriteLine($"reflux: {problem.Message}");
        }

        if (verify && logs.Count == 0)
        {
            Console.Error.WriteLine("reflux: nothing is archived there, so nothing was verified. Check --data, --lane and Store:Directory.");
        }
        else if (verify && logs.All(log => log.Problems is { Count: 0 }))
        {
            Console.Out.WriteLine($"verified: {logs.Sum(log => log.Segments)} segments, {logs.Sum(log => log.Bytes)} bytes");
        }
    }
}
