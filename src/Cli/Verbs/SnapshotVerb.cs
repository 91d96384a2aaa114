using System.CommandLine;
using Reflux.Cli.Output;
using Reflux.Client;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Snapshots;
using Reflux.Distillation.Compute;
using Reflux.Distillation.Evaluation;
using Reflux.Models;

namespace Reflux.Cli.Verbs;

/// <summary>`reflux snapshot`: published students.</summary>
internal static class SnapshotVerb
{
    public static Command Create() => new("snapshot", """
        Published snapshots of a student: list, pull, verify, take, rollback.

        Examples:
          reflux snapshot list small
          reflux snapshot pull small --to ./small
          reflux snapshot pull small --to ./small --newer-than 3 --wait 60
          reflux snapshot verify ./small --greedy
        """)
    {
        List(), Pull(), Verify(), Take(), Rollback(),
    };

    private static Command List()
    {
        var student = new Argument<string>("student");
        var server = CommonOptions.Server();
        var json = CommonOptions.Json();
        var command = new Command("list", "List published versions, oldest first.") { student, server, json };
        command.SetAction((parsed, cancellation) => CommonOptions.WithClientAsync(parsed.GetValue(server), async client =>
        {
            var versions = await client.SnapshotsAsync(parsed.GetRequiredValue(student), cancellation);
            if (parsed.GetValue(json))
            {
                Printer.Json(versions);
            }
            else
            {
                Printer.Table(["version", "step", "epoch", "acceptance", "published", "manifest"], versions.Select(Row));
            }
        }));
        return command;
    }

    private static Command Pull()
    {
        var student = new Argument<string>("student");
        var to = new Option<string>("--to") { Description = "Directory to fill; an older version there is replaced, unchanged files are not fetched again.", Required = true };
        var version = new Option<long?>("--version") { Description = "This version instead of the newest." };
        var newer = new Option<long>("--newer-than") { Description = "Only a version above this one." };
        var wait = new Option<double>("--wait") { Description = "Seconds to wait for one." };
        var server = CommonOptions.Server();
        var json = CommonOptions.Json();
        var command = new Command("pull", "Download a version and verify every file's sha256.") { student, to, version, newer, wait, server, json };
        command.SetAction((parsed, cancellation) => CommonOptions.WithClientAsync(parsed.GetValue(server), async client =>
        {
            var name = parsed.GetRequiredValue(student);
            var found = parsed.GetValue(version) is { } wanted
                ? (await client.SnapshotsAsync(name, cancellation)).FirstOrDefault(candidate => candidate.Version == wanted)
                : await client.LatestSnapshotAsync(name, parsed.GetValue(newer), TimeSpan.FromSeconds(parsed.GetValue(wait)), cancellation);
            if (found is null)
            {
                throw new RefluxException(ErrorCodes.SnapshotNotFound, $"{name} has no such version", $"`reflux snapshot list {name}` shows what there is; --wait SECONDS waits for the next");
            }

            var pulled = await SnapshotDirectory.PullAsync(client, found, parsed.GetRequiredValue(to), cancellation);
            if (parsed.GetValue(json))
            {
                Printer.Json(pulled);
            }
            else
            {
                Console.Out.WriteLine($"version {found.Version} (step {found.Step}) is in {parsed.GetRequiredValue(to)}: {pulled.Manifest.Files.Count} files verified, {pulled.BytesDownloaded} bytes fetched");
            }
        }));
        return command;
    }

    private static Command Verify()
    {
        var directory = new Argument<string>("directory") { Description = "A pulled snapshot." };
        var greedy = new Option<bool>("--greedy") { Description = "Also load the model and reproduce the greedy outputs that were recorded at publication." };
        var json = CommonOptions.Json();
        var command = new Command("verify", "Check every file's sha256 against the manifest.") { directory, greedy, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var path = parsed.GetRequiredValue(directory);
            var manifest = await SnapshotDirectory.VerifyAsync(path, cancellation);
            var differences = parsed.GetValue(greedy) ? await ReproduceAsync(path, manifest, cancellation) : null;
            if (parsed.GetValue(json))
            {
                Printer.Json(new { sha256Verified = true, files = manifest.Files.Count, greedyMatch = differences is null ? (bool?)null : differences.Count == 0, differences });
            }
            else
            {
                Console.Out.WriteLine($"{manifest.Files.Count} files verified, step {manifest.Step}");
                if (differences is not null)
                {
                    Console.Out.WriteLine(differences.Count == 0 ? $"{manifest.Greedy.Cases.Count} greedy outputs reproduced" : string.Join(Environment.NewLine, differences));
                }
            }

            return differences is { Count: > 0 } ? ExitCodes.Failed : ExitCodes.Done;
        });
        return command;
    }

    private static async Task<IReadOnlyList<string>> ReproduceAsync(string directory, SnapshotManifest manifest, CancellationToken cancellation)
    {
        using var compute = new ComputeThread(new ComputeOptions { Threads = manifest.Greedy.Threads });
        return await compute.RunAsync(ComputeQueue.Evaluator, () =>
        {
            using var model = LanguageModel.Load(directory, compute.Device);
            return GreedyChecker.Verify(model.Decoder, manifest.Greedy, model.StopTokenIds);
        }, cancellation);
    }

    private static Command Take()
    {
        var student = new Argument<string>("student");
        var stage = new Option<bool>("--stage-only") { Description = "Only keep the weights aside; don't publish." };
        var server = CommonOptions.Server();
        var json = CommonOptions.Json();
        var command = new Command("take", "Take the weights as they are now; they are published if the gate lets them pass.") { student, stage, server, json };
        command.SetAction((parsed, cancellation) => CommonOptions.WithClientAsync(parsed.GetValue(server), async client =>
        {
            var result = await client.TakeSnapshotAsync(parsed.GetRequiredValue(student), publish: !parsed.GetValue(stage), cancellation);
            if (parsed.GetValue(json))
            {
                Printer.Json(result);
            }
            else
            {
                Console.Out.WriteLine(result.Published is { } published
                    ? $"published version {published.Version} at step {result.Step}"
                    : $"staged step {result.Step} as {result.Manifest}{(result.Gate.Passed ? "" : $"; the gate refuses it: {string.Join("; ", result.Gate.Failures)}")}");
            }
        }));
        return command;
    }

    private static Command Rollback()
    {
        var student = new Argument<string>("student");
        var version = new Argument<long>("version");
        var server = CommonOptions.Server();
        var json = CommonOptions.Json();
        var command = new Command("rollback", "Republish an older version as a new one.") { student, version, server, json };
        command.SetAction((parsed, cancellation) => CommonOptions.WithClientAsync(parsed.GetValue(server), async client =>
        {
            var published = await client.RollbackAsync(parsed.GetRequiredValue(student), parsed.GetRequiredValue(version), cancellation);
            if (parsed.GetValue(json))
            {
                Printer.Json(published);
            }
            else
            {
                Console.Out.WriteLine($"version {published.Version} republishes version {published.RolledBackFrom}");
            }
        }));
        return command;
    }

    private static IReadOnlyList<string> Row(SnapshotVersion version) =>
    [
        version.RolledBackFrom is { } from ? $"{version.Version} (of {from})" : $"{version.Version}",
        $"{version.Step}", $"{version.Epoch}", Printer.Number(version.Acceptance), version.PublishedAt.ToString("u"), version.Manifest[..12],
    ];
}
