using System.CommandLine;
using System.Text.Json;
using Reflux.Cli.Output;
using Reflux.Client;
using Reflux.Contracts;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Snapshots;

namespace Reflux.Cli.Verbs;

/// <summary>`reflux student`: models that learn.</summary>
internal static class StudentVerb
{
    public static Command Create()
    {
        var verb = DefinitionVerbs.With(new Command("student", """
            Models that learn from a lane: create, fork, list, show, pause, resume, delete, accounting, verify, replay.

            Examples:
              reflux student create small --lane support --tokenizer-from samples/helpdesk/teacher
              reflux student create small --spec student.json
              reflux student show small --json
              reflux student fork small tiny --from start --spec tiny.json
              reflux student verify small --data ./data
            """), DefinitionKind.Student, CreateStudent());
        verb.Add(Show());
        verb.Add(OnStudent("pause", "Pause at the next step; a paused student holds nothing back.", (client, name, _, cancellation) => client.PauseAsync(name, cancellation)));
        verb.Add(Resume());
        verb.Add(Accounting());
        verb.Add(StudentForkVerb.Create());
        verb.Add(StudentReplayVerb.Verify());
        verb.Add(StudentReplayVerb.Replay());
        return verb;
    }

    private static Command CreateStudent()
    {
        var name = new Argument<string>("name") { Description = "Lower-case letters, digits and hyphens." };
        var lane = new Option<string?>("--lane") { Description = "The lane that it learns from." };
        var spec = new Option<FileInfo?>("--spec") { Description = "A student spec as JSON (docs/http-api.md); the name on the command line wins." };
        var directory = new Option<string?>("--base") { Description = "Start from this Hugging Face directory." };
        var tokenizer = new Option<string?>("--tokenizer-from") { Description = "Start from fresh weights over this directory's tokenizer." };
        var hidden = new Option<int>("--hidden-size") { DefaultValueFactory = _ => 128, Description = "Width of a fresh student." };
        var layers = new Option<int>("--layers") { DefaultValueFactory = _ => 3, Description = "Layers of a fresh student." };
        var rate = new Option<double>("--learning-rate") { DefaultValueFactory = _ => 3e-3, Description = "Peak learning rate." };
        var server = CommonOptions.Server();
        var json = CommonOptions.Json();
        var command = new Command("create", "Create a student; it begins to train at once.") { name, lane, spec, directory, tokenizer, hidden, layers, rate, server, json };
        command.Validators.Add(result =>
        {
            var sources = new[] { result.GetValue(spec)?.FullName, result.GetValue(directory), result.GetValue(tokenizer) }.Count(value => value is not null);
            if (sources != 1)
            {
                result.AddError("name exactly one of --spec, --base and --tokenizer-from");
            }
            else if (result.GetValue(spec) is null && result.GetValue(lane) is null)
            {
                result.AddError("--lane is required without --spec");
            }
        });
        command.SetAction((parsed, cancellation) => CommonOptions.WithClientAsync(parsed.GetValue(server), async client =>
        {
            var asked = parsed.GetValue(spec) is { } file
                ? await ReadSpecAsync(file, cancellation) with { Name = parsed.GetRequiredValue(name) }
                : new StudentSpec
                {
                    Name = parsed.GetRequiredValue(name),
                    Lane = parsed.GetRequiredValue(lane)!,
                    Base = parsed.GetValue(directory) is { } existing
                        ? new BaseModelSpec { Directory = Path.GetFullPath(existing) }
                        : new BaseModelSpec
                        {
                            Fresh = new FreshModelSpec
                            {
                                TokenizerFrom = Path.GetFullPath(parsed.GetRequiredValue(tokenizer)!),
                                HiddenSize = parsed.GetValue(hidden),
                                Layers = parsed.GetValue(layers),
                            },
                        },
                    Training = new TrainingSpec { LearningRate = parsed.GetValue(rate) },
                };
            DefinitionVerbs.PrintCreated(await client.CreateStudentAsync(asked, cancellation), parsed.GetValue(json));
        }));
        return command;
    }

    internal static async Task<StudentSpec> ReadSpecAsync(FileInfo file, CancellationToken cancellation)
    {
        try
        {
            await using var stream = file.OpenRead();
            return await JsonSerializer.DeserializeAsync<StudentSpec>(stream, RefluxJson.Options, cancellation) ?? throw new JsonException("the document is null");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new RefluxException(ErrorCodes.InvalidRequest, $"{file.FullName} does not exist", "name a file with a student spec");
        }
        catch (JsonException error)
        {
            throw new RefluxException(ErrorCodes.MalformedJson, $"{file.FullName} is not a student spec: {error.Message}", "see docs/http-api.md for the fields");
        }
    }

    private static Command Show()
    {
        var name = new Argument<string>("name");
        var server = CommonOptions.Server();
        var json = CommonOptions.Json();
        var command = new Command("show", "State and progress.") { name, server, json };
        command.SetAction((parsed, cancellation) => CommonOptions.WithClientAsync(parsed.GetValue(server), async client =>
        {
            var status = await client.StudentAsync(parsed.GetRequiredValue(name), cancellation);
            if (parsed.GetValue(json))
            {
                Printer.Json(status);
                return;
            }

            var progress = status.Progress;
            Printer.Table(["", ""],
            [
                ["student", $"{status.Definition.Name} ({status.Definition.Id})"],
                ["state", status.Message.Length == 0 ? status.State : $"{status.State}: {status.Message}"],
                ["silo, epoch", $"{status.Silo ?? "-"}, {status.Epoch}"],
                ["step", $"{progress?.Step}"],
                ["trained", $"{progress?.TrainedSequences} sequences, {progress?.TrainedTokens} tokens, {Printer.Number(progress?.TokensPerSecond, "0")} tokens/s"],
                ["undone", $"{progress?.UndoneSteps} steps, {progress?.QuarantinedSequences} sequences set aside"],
                ["holdout", $"{progress?.HoldoutSequences} sequences"],
                ["backlog", $"{progress?.Backlog} records"],
                ["loss", Printer.Number(progress?.Loss)],
                ["acceptance", progress?.Acceptance is { } alpha
                    ? $"{alpha.Acceptance:0.000} ± {alpha.HalfWidth:0.000}, where the teacher is uncertain {alpha.AcceptanceUncertain:0.000} ± {alpha.HalfWidthUncertain:0.000}"
                    : "-"],
                .. progress?.Acceptance is { } measured ? Figures(measured) : [],
                ["position", $"{progress?.Next}"],
                .. (progress?.Passages ?? []).Select(passage => (IReadOnlyList<string>)["went on", $"{passage}"]),
                ["checkpoint", progress is null ? "-" : $"step {progress.CheckpointStep}, state {progress.StateHash ?? "-"}"],
            ]);
        }));
        return command;
    }

    private static IEnumerable<string[]> Figures(AcceptanceReport measured)
    {
        if (measured.AcceptanceUpper is { } upper)
        {
            yield return ["at most", Estimate(upper)];
        }

        yield return ["KL", measured.KlDivergence is { } kl ? $"{kl:0.000} ± {Printer.Number(measured.KlHalfWidth)} nats{(measured.AcceptanceUpper is null ? "" : " at least")}" : "infinite"];
        yield return ["cross-entropy", measured.CrossEntropy is { } crossEntropy ? $"{Estimate(crossEntropy)} nats{(measured.AcceptanceUpper is null ? "" : " at least")}" : "-"];
        yield return ["top-1 agreement", measured.TopOneAgreement is { } agreement ? Estimate(agreement) : "-"];
    }

    private static string Estimate(MetricEstimate estimate) => $"{estimate.Mean:0.000} ± {estimate.HalfWidth:0.000}";

    private static Command Accounting()
    {
        var name = new Argument<string>("name");
        var server = CommonOptions.Server();
        var json = CommonOptions.Json();
        var command = new Command("accounting", "Which prompts took effect, as JSON.") { name, server, json };
        command.SetAction((parsed, cancellation) => CommonOptions.WithClientAsync(parsed.GetValue(server), async client =>
            Printer.Json(await client.AccountingAsync(parsed.GetRequiredValue(name), cancellation))));
        return command;
    }

    private static Command Resume()
    {
        var acceptGap = new Option<bool>("--accept-gap")
        {
            Description = "Go on without the records that are missing where its log has paused it; every later manifest names the gap.",
        };
        var command = OnStudent("resume", "Go on from the checkpoint, paused or failed.", (client, name, parsed, cancellation) => client.ResumeAsync(name, parsed.GetValue(acceptGap), cancellation));
        command.Add(acceptGap);
        return command;
    }

    private static Command OnStudent(string verb, string description, Func<RefluxClient, string, ParseResult, CancellationToken, Task> act)
    {
        var name = new Argument<string>("name");
        var server = CommonOptions.Server();
        var command = new Command(verb, description) { name, server };
        command.SetAction((parsed, cancellation) => CommonOptions.WithClientAsync(parsed.GetValue(server), async client =>
        {
            await act(client, parsed.GetRequiredValue(name), parsed, cancellation);
            Console.Out.WriteLine($"{verb}: {parsed.GetRequiredValue(name)}");
        }));
        return command;
    }
}
