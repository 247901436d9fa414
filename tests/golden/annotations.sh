#!/usr/libexec/skjob/skjob-pod
#SKJOB v1 completionMode=NonIndexed
#SBATCH --job-name=annotations
#SBATCH --array=0
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --comment="a b \"c\" 'd' \\#e \\ $(id) `id`"
#SBATCH --exclusive=user
#SBATCH --nice
#SBATCH --output=/tmp/%A_%a.out
#SBATCH --partition=short
apiVersion: batch/v1
kind: Job
metadata:
  annotations:
    example.com/other: kept
    sbatch.skjob/comment: a b "c" 'd' \#e \ $(id) `id`
    sbatch.skjob/exclusive: user
    sbatch.skjob/nice: ""
    sbatch.skjob/output: /tmp/%A_%a.out
    sbatch.skjob/overcommit: "false"
    sbatch.skjob/partition: short
  name: annotations
spec:
  backoffLimit: 6
  completionMode: NonIndexed
  completions: 1
  manualSelector: false
  parallelism: 1
  podReplacementPolicy: TerminatingOrFailed
  suspend: false
  template:
    metadata: {}
    spec:
      containers:
      - command:
        - sh
        - -c
        - exit 0
        image: busybox:1.36
        imagePullPolicy: IfNotPresent
        name: main
        resources: {}
        terminationMessagePath: /dev/termination-log
        terminationMessagePolicy: File
      dnsPolicy: ClusterFirst
      restartPolicy: Never
      schedulerName: default-scheduler
      securityContext: {}
      terminationGracePeriodSeconds: 30
