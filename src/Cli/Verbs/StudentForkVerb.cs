using System.CommandLine;
using System.Globalization;
using Reflux.Cli.Output;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Http;
using Reflux.Contracts.Identity;

namespace Reflux.Cli.Verbs;

/// <summary>`reflux student fork`: another student on the log of one that exists.</summary>
internal static class StudentForkVerb
{
    public static Command Create()
    {
        var student = new Argument<string>("name") { Description = "The student whose lane and, without --spec, whose spec is taken." };
        var name = new Argument<string>("new") { Description = "Name of the new student." };
        var from = new Option<string>("--from") { Required = true, Description = "start, an offset of the label log, or a whole position as `student show` prints it.", HelpName = "POSITION" };
        from.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && text != "start" && !Contracts.Identity.Position.TryParse(text, out _) && !IsOffset(text, out _))
            {
                result.AddError($"--from: '{text}' is neither start nor an offset nor a position (topic/partition@offset)");
            }
        });
        var spec = new Option<FileInfo?>("--spec") { Description = "Another spec as JSON: size, loss, LoRA. Its lane must be that of the student; its name and position are replaced." };
        var server = CommonOptions.Server();
        var json = CommonOptions.Json();
        var command = new Command("fork", """
            Create a student that trains from a position of the same log, beside the live one.

            Examples:
              reflux student fork small again --from start
              reflux student fork small tiny --from 1200 --spec tiny.json
            """) { student, name, from, spec, server, json };
        command.SetAction((parsed, cancellation) => CommonOptions.WithClientAsync(parsed.GetValue(server), async client =>
        {
            var status = await client.StudentAsync(parsed.GetRequiredValue(student), cancellation);
            var original = status.Definition.Student!.Spec;
            var asked = parsed.GetValue(spec) is { } file ? await StudentVerb.ReadSpecAsync(file, cancellation) : original;
            RequireLane(asked.Lane, original);
            var forked = asked with
            {
                Name = parsed.GetRequiredValue(name),
                Lane = original.Lane,
                From = Position(parsed.GetRequiredValue(from), status),
            };
            DefinitionVerbs.PrintCreated(await client.CreateStudentAsync(forked, cancellation), parsed.GetValue(json));
        }));
        return command;
    }

    /// <exception cref="UsageException">The spec is for another lane: its labels stand on another log.</exception>
    internal static void RequireLane(string lane, StudentSpec original)
    {
        if (lane != original.Lane)
        {
            throw new UsageException($"--spec: the spec names the lane '{lane}', and '{original.Name}' learns from '{original.Lane}': a fork reads the same log. Name that lane in the spec, or use `reflux student create`.");
        }
    }

    /// <summary>Where to begin; null for the start.</summary>
    internal static Position? Position(string text, StudentStatus status)
    {
        if (text == "start")
        {
            return null;
        }

        if (Contracts.Identity.Position.TryParse(text, out var position))
        {
            return position;
        }

        return IsOffset(text, out var offset) && status.Progress is { Next.Log: { } log } && log.Topic != Guid.Empty
            ? new Position(log, offset)
            : throw new RefluxException(
                ErrorCodes.StudentNotRunning, $"'{status.Definition.Name}' has read nothing yet, so which log the offset belongs to is unknown", "Name a whole position, or --from start.");
    }

    private static bool IsOffset(string text, out long offset) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out offset);
}
