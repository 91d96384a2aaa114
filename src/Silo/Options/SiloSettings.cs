using System.Security.Cryptography;
using System.Text;

namespace Reflux.Silo.Options;

/// <summary>Who this silo is and where it keeps what is its own (section <c>Silo</c>).</summary>
public sealed class SiloSettings
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Silo";

    /// <summary>The silo's own directory: grain state, checkpoints, snapshots, broker.json. Locked exclusively while it runs.</summary>
    public string Data { get; set; } = "reflux-data";

    /// <summary>Roles, separated by commas: gateway, teacher, student.</summary>
    public string Roles { get; set; } = "gateway,teacher,student";

    /// <summary>The silo's name, stable over restarts; empty: derived from the machine and the data directory.</summary>
    public string Name { get; set; } = "";

    /// <summary>How long a stop may take until it is forced, seconds, 1 to 3600: a step, a checkpoint and the leaving.</summary>
    public double ShutdownSeconds { get; set; } = 30;

    /// <summary>Full path of <see cref="Data"/>.</summary>
    public string DataDirectory => Path.GetFullPath(Data);

    /// <summary><see cref="Roles"/>, understood; <see cref="SiloRoles.None"/> where they are not.</summary>
    public SiloRoles ParsedRoles
    {
        get
        {
            var roles = SiloRoles.None;
            foreach (var name in Roles.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                switch (name.ToLowerInvariant())
                {
                    case "gateway":
                        roles |= SiloRoles.Gateway;
                        break;
                    case "teacher":
                        roles |= SiloRoles.Teacher;
                        break;
                    case "student":
                        roles |= SiloRoles.Student;
                        break;
                    case "all":
                        roles |= SiloRoles.All;
                        break;
                    default:
                        return SiloRoles.None;
                }
            }

            return roles;
        }
    }

    /// <summary><see cref="Name"/>, or one that is the same whenever this directory is used on this machine.</summary>
    public string EffectiveName => Name.Length > 0
        ? Name
        : $"{Environment.MachineName.ToLowerInvariant()}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(DataDirectory)))[..8]}";

    /// <summary>True where this silo has the role.</summary>
    public bool Has(SiloRoles role) => (ParsedRoles & role) != 0;
}
