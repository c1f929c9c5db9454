using Xunit;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Testing.Overhearing;

[assembly: AssemblyFixture(typeof(TypedSecrets))]

namespace Yinxin.Identity.Tests.Hosting;

/// <summary>
/// At the end of the run no line of any server, as talkative as in operation, and no span may have held a password, number, name, phone, code, ticket or link that somebody had typed,
/// nor anybody of the registers.
/// </summary>
public sealed class TypedSecrets : IDisposable
{
    public void Dispose() => Ear.Judge();
}
