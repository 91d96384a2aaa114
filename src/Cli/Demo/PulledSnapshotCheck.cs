using System.Text.Json;
using Reflux.Client;
using Reflux.Contracts.Errors;

namespace Reflux.Cli.Demo;

/// <summary>What a client does: pull the newest snapshot over HTTP, then, in a process of its own, verify it, reproduce the greedy outputs and generate.</summary>
internal sealed class PulledSnapshotCheck(string directory, LiveView view)
{
    private const string Prompt = "Hello, my order has not arrived yet, can you check where it is?";

    public async Task<PulledSnapshot> RunAsync(RefluxClient client, string student, CancellationToken cancellation)
    {
        if (await client.LatestSnapshotAsync(student, cancellationToken: cancellation) is not { } latest)
        {
            return new PulledSnapshot(0, false, false);
        }

        var target = Path.Combine(directory, "pulled");
        await SnapshotDirectory.PullAsync(client, latest, target, cancellation);
        using var verdict = JsonDocument.Parse(await RunCliAsync(["snapshot", "verify", target, "--greedy", "--json"], cancellation));
        var result = new PulledSnapshot(
            latest.Version, verdict.RootElement.GetProperty("sha256Verified").GetBoolean(), verdict.RootElement.GetProperty("greedyMatch").GetBoolean());
        var answer = await RunCliAsync(["generate", "--model", target, "--prompt", Prompt, "--max-tokens", "64"], cancellation);
        view.Say($"pulled version {latest.Version}, sha256 {(result.Sha256Verified ? "verified" : "WRONG")}, greedy outputs {(result.GreedyMatch ? "reproduced" : "DIFFER")}; it answers: {answer.Trim()}");
        return result;
    }

    private static async Task<string> RunCliAsync(string[] arguments, CancellationToken cancellation)
    {
        var (code, output, errors) = await ChildProcess.RunAsync(arguments, cancellation);
        return output.Length > 0
            ? output
            : throw new RefluxException(ErrorCodes.ClientFailed, $"`reflux {arguments[0]}` exited {code}: {errors}", "run the same command by hand on the pulled directory");
    }
}
