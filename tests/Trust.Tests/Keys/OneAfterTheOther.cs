using Xunit;

namespace Yinxin.Trust.Tests.Keys;

/// <summary>Tests with tokens run one after the other: they share the one PKCS#11 library of the process, and some take tokens away.</summary>
[CollectionDefinition(Name)]
public sealed class OneAfterTheOther
{
    public const string Name = "tokens";
}
