using System.CommandLine;
using Reflux.Cli.Output;
using Reflux.Contracts.Definitions;

namespace Reflux.Cli.Verbs;

/// <summary>`reflux teacher`: models that answer and label.</summary>
internal static class TeacherVerb
{
    public static Command Create()
    {
        var create = CreateTeacher();
        return DefinitionVerbs.With(new Command("teacher", """
            Models that answer and label a lane's prompts: create, list, show, delete.

            Examples:
              reflux teacher create helpdesk-teacher --lane support --model samples/helpdesk/teacher
              reflux teacher show helpdesk-teacher --json
            """), DefinitionKind.Teacher, create);
    }

    private static Command CreateTeacher()
    {
        var name = new Argument<string>("name") { Description = "Lower-case letters, digits and hyphens." };
        var lane = new Option<string>("--lane") { Description = "The lane that it teaches.", Required = true };
        var model = new Option<string>("--model") { Description = "Its Hugging Face directory, as the silos see it.", Required = true };
        var batch = new Option<int>("--batch") { Description = "Most sequences answered at once.", DefaultValueFactory = _ => 64 };
        var licence = new Option<string>("--licence-verdict") { Description = "May its outputs train a student? Goes into every manifest.", DefaultValueFactory = _ => "unstated" };
        var server = CommonOptions.Server();
        var json = CommonOptions.Json();
        var command = new Command("create", "Create a lane's teacher.") { name, lane, model, batch, licence, server, json };
        command.SetAction((parsed, cancellation) => CommonOptions.WithClientAsync(parsed.GetValue(server), async client =>
            DefinitionVerbs.PrintCreated(
                await client.CreateTeacherAsync(
                    new TeacherSpec
                    {
                        Name = parsed.GetRequiredValue(name),
                        Lane = parsed.GetRequiredValue(lane),
                        Model = Path.GetFullPath(parsed.GetRequiredValue(model)),
                        BatchSize = parsed.GetValue(batch),
                        LicenceVerdict = parsed.GetRequiredValue(licence),
                    },
                    cancellation),
                parsed.GetValue(json))));
        return command;
    }
}
