#!/usr/libexec/skjob/skjob-pod
#SKJOB v1 completionMode=NonIndexed
#SBATCH --job-name=bridge
#SBATCH --array=0
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --cpus-per-task=2
#SBATCH --nodes=1-2
#SBATCH --mem=100M
#SBATCH --time=5
apiVersion: batch/v1
kind: Job
metadata:
  annotations:
    slurmjob.slinky.slurm.net/cpu-per-task: "2"
    slurmjob.slinky.slurm.net/job-name: other
    slurmjob.slinky.slurm.net/max-nodes: "2"
    slurmjob.slinky.slurm.net/mem-per-node: 100Mi
    slurmjob.slinky.slurm.net/min-nodes: "1"
    slurmjob.slinky.slurm.net/timelimit: "5"
  name: bridge
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
