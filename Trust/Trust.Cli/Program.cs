return await Yinxin.Trust.Cli.TrustCommand.Create().Parse(args).InvokeAsync();
